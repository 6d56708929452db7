<?php
// A handler in PHP with one mistake, named by the path: php -S 127.0.0.1:PORT field.php
$mistake = urldecode(basename(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)));
if ($_SERVER['REQUEST_METHOD'] !== 'POST') { http_response_code(405); exit; }
$body = file_get_contents('php://input');
$secret = getenv('SCALEKIT_WEBHOOK_SECRET');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$signatures = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
$key = $mistake === 'uses the secret as text' ? $secret : base64_decode(substr($secret, 6));
$signed = match ($mistake) {
  'encodes again' => json_encode(json_decode($body, true)),
  'encodes again, pretty' => json_encode(json_decode($body), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES),
  'encodes objects' => json_encode(json_decode($body), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
  default => $body,
};
$now = $mistake === 'reads local time' ? time() + 19800 : time();
$expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$signed", $key, true));
$isRight = $id !== '' && ctype_digit($time) && abs($now - (int) $time) <= 300 && in_array($expected, $signatures, true);
if (!$isRight) { http_response_code(401); echo 'unauthorized'; exit; }
if (json_decode($body) === null) { http_response_code(400); exit; }
http_response_code(201);
echo 'ok';

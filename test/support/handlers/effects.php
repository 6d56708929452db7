<?php
// An app with PDO SQLite: php -S, on any path. MODE names what it does right, or wrong. The state is at /state.
$mode = getenv('MODE');
$db = new PDO('sqlite:' . getenv('DATABASE'));
$db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
$db->exec('pragma busy_timeout = 5000');
$db->exec('create table if not exists seen (id text primary key)');
$db->exec('create table if not exists people (id text primary key, name text)');
$db->exec('create table if not exists entries (id text, name text)');
if ($_SERVER['REQUEST_URI'] === '/state') {
    $rows = $db->query('select * from people union all select * from entries')->fetchAll(PDO::FETCH_ASSOC);
    exit(json_encode($rows));
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(405);
    exit;
}
$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$key = base64_decode(substr(getenv('SCALEKIT_WEBHOOK_SECRET'), 6));
$expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
$given = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
$isFresh = ctype_digit($time) && abs(time() - (int) $time) <= 300;
if ($id === '' || !$isFresh || !array_filter($given, fn($one) => hash_equals($expected, $one))) {
    http_response_code(401);
    exit;
}
$event = json_decode($body, true);
if (!is_array($event)) {
    http_response_code(400);
    exit;
}
if (!str_starts_with($event['type'], 'organization.directory.user_')) exit;
$user = $event['data']['id'];
$name = $event['data']['name'] ?? '';
$isDeletion = str_ends_with($event['type'], 'deleted');
if ($mode === 'double-insert') {
    $db->prepare('insert into entries values (?, ?)')->execute([$user, $name]);
    exit;
}
$db->exec('begin immediate');
$insert = $db->prepare('insert or ignore into seen values (?)');
$insert->execute([$id]);
if ($insert->rowCount() > 0) {
    if ($isDeletion) $db->prepare('delete from people where id = ?')->execute([$user]);
    else $db->prepare('insert into people values (?, ?) on conflict (id) do update set name = excluded.name')->execute([$user, $name]);
}
$db->exec('commit');

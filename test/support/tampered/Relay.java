import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.text.Normalizer;
import java.util.Base64;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What Java senders and relays of recorded cases do: stdin to stdout, by the name of the habit. */
class Relay {
  public static void main(String[] args) throws Exception {
    byte[] body = System.in.readAllBytes();
    System.out.write(relayed(args, body));
    System.out.flush();
  }

  static byte[] relayed(String[] args, byte[] body) throws Exception {
    return switch (args[0]) {
      case "latin1" -> new String(body, ISO_8859_1).getBytes(UTF_8);
      case "default" -> new String(body).getBytes(UTF_8);
      case "toLatin1" -> new String(body, UTF_8).getBytes(ISO_8859_1);
      case "ascii" -> new String(body, US_ASCII).getBytes(UTF_8);
      case "composed" -> Normalizer.normalize(new String(body, UTF_8), Normalizer.Form.NFC).getBytes(UTF_8);
      case "lines" -> lines(body).lines().collect(Collectors.joining()).getBytes(UTF_8);
      case "linesKept" -> lines(body).lines().collect(Collectors.joining("\n")).getBytes(UTF_8);
      case "bigInteger" -> new BigInteger(1, mac(decoded(args[1]), body)).toString(16).getBytes();
      case "urlEncoder" -> Base64.getUrlEncoder().encode(mac(decoded(args[1]), body));
      case "mimeDecoder" -> Base64.getEncoder().encode(mac(Base64.getMimeDecoder().decode(args[1]), body));
      case "digestText" -> mac(decoded(args[1]), body).getClass().getName().concat("@4f3f5b24").getBytes();
      default -> throw new IllegalArgumentException(args[0]);
    };
  }

  static BufferedReader lines(byte[] body) {
    return new BufferedReader(new InputStreamReader(new ByteArrayInputStream(body), UTF_8));
  }

  static byte[] decoded(String secret) {
    return Base64.getDecoder().decode(secret.substring("whsec_".length()));
  }

  static byte[] mac(byte[] key, byte[] text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }
}

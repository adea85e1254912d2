package io.happo.hub.notify;

import io.happo.hub.alert.Notice;
import io.happo.hub.settings.Trust;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * Mail by SMTP (RFC 5321). The certificate of the server is verified, with its name, whenever there
 * is one. All that belongs to one incident refers to the same id, so that mail programs show it
 * together (RFC 5322, 3.6.4).
 */
final class MailSender implements Sender {
  private static final System.Logger LOG = System.getLogger("happo.notify");

  /** RFC 5322, 3.3. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private static final String MILLIS = "20000";
  private static final String PORT = "587";
  private static final String TLS_PORT = "465";

  private final Map<String, String> settings;
  private final Wording wording;
  private final String hubHost;

  MailSender(Map<String, String> settings, Wording wording, String hubHost) {
    this.settings = settings;
    this.wording = wording;
    this.hubHost = hubHost;
  }

  private String setting(String name) {
    return settings.getOrDefault(name, "");
  }

  @Override
  public void send(Notice notice) throws NotSentException {
    try {
      var session = Session.getInstance(properties());
      var message = message(session, notice);
      var transport = session.getTransport("smtp");
      try {
        transport.connect(
            setting("user").isEmpty() ? null : setting("user"),
            setting("user").isEmpty() ? null : setting("password"));
        transport.sendMessage(message, message.getAllRecipients());
      } finally {
        close(transport);
      }
    } catch (AddressException e) {
      throw new NotSentException("no address of mail: " + e.getMessage(), true, e);
    } catch (AuthenticationFailedException e) {
      throw new NotSentException(
          "the mail server does not take user and password: " + e.getMessage(), false, e);
    } catch (SendFailedException e) {
      if (e.getValidSentAddresses() == null || e.getValidSentAddresses().length == 0) {
        throw new NotSentException(refusals(e), isLasting(e), e);
      }
      // The others have it, and must not get it again.
      LOG.log(Level.WARNING, "a mail was taken for some alone: {0}", refusals(e));
    } catch (MessagingException | IOException | GeneralSecurityException e) {
      throw new NotSentException(
          "the mail server " + setting("server") + " does not take it: " + reason(e), false, e);
    }
  }

  /** What was taken was taken, however the server says goodbye. */
  private static void close(Transport transport) {
    try {
      transport.close();
    } catch (MessagingException e) {
      LOG.log(Level.DEBUG, "a mail server ended badly: {0}", e.getMessage());
    }
  }

  private Properties properties() throws IOException, GeneralSecurityException {
    var server = setting("server");
    boolean tls = setting("security").equals("tls");
    int colon = server.endsWith("]") ? -1 : server.lastIndexOf(':');
    var properties = new Properties();
    properties.put("mail.smtp.host", colon < 0 ? server : server.substring(0, colon));
    properties.put(
        "mail.smtp.port", colon < 0 ? tls ? TLS_PORT : PORT : server.substring(colon + 1));
    properties.put("mail.smtp.localhost", hubHost);
    properties.put("mail.smtp.connectiontimeout", MILLIS);
    properties.put("mail.smtp.timeout", MILLIS);
    properties.put("mail.smtp.writetimeout", MILLIS);
    properties.put("mail.smtp.auth", String.valueOf(!setting("user").isEmpty()));
    // Those that are taken are to get it, though others are refused.
    properties.put("mail.smtp.sendpartial", "true");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.enable", String.valueOf(tls));
    boolean startTls = setting("security").equals("starttls");
    properties.put("mail.smtp.starttls.enable", String.valueOf(startTls));
    properties.put("mail.smtp.starttls.required", String.valueOf(startTls));
    if (!setting("ca").isEmpty()) {
      properties.put(
          "mail.smtp.ssl.socketFactory", Trust.of(Path.of(setting("ca"))).getSocketFactory());
    }
    return properties;
  }

  private MimeMessage message(Session session, Notice notice) throws MessagingException {
    var from = setting("from").isEmpty() ? "happo@" + hubHost : setting("from");
    var thread = thread(notice.incident());
    var id = thread + "." + notice.time() + "." + notice.kind().word();
    var message = new Identified(session, "<" + id + "@" + hubHost + ">");
    message.setFrom(new InternetAddress(from, true));
    message.setRecipients(Message.RecipientType.TO, InternetAddress.parse(setting("to"), true));
    message.setSubject(oneLine(wording.subject(notice)), StandardCharsets.UTF_8.name());
    message.setText(wording.text(notice), StandardCharsets.UTF_8.name());
    message.setHeader("Date", DATE.format(Instant.ofEpochMilli(notice.time())));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader("References", "<" + thread + "@" + hubHost + ">");
    message.saveChanges();
    return message;
  }

  /** One that has the same id however often it is tried. */
  private static final class Identified extends MimeMessage {
    private final String id;

    Identified(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  private static String thread(String incident) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(incident.getBytes(StandardCharsets.UTF_8));
      return "happo." + HexFormat.of().formatHex(digest, 0, 16);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String oneLine(String text) {
    var line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() > 200 ? line.substring(0, 199) + "\u2026" : line;
  }

  /** By the reply codes of SMTP: 5xx ends the same way again, 4xx may not. */
  private static boolean isLasting(SendFailedException e) {
    for (Exception next = e; next instanceof MessagingException; ) {
      int code =
          switch (next) {
            case SMTPAddressFailedException refused -> refused.getReturnCode();
            case SMTPSendFailedException refused -> refused.getReturnCode();
            default -> 500;
          };
      if (code < 500) {
        return false;
      }
      next = ((MessagingException) next).getNextException();
    }
    return true;
  }

  private static String refusals(SendFailedException e) {
    var text = new StringBuilder("the mail server refuses");
    for (Address address :
        e.getInvalidAddresses() == null ? new Address[0] : e.getInvalidAddresses()) {
      text.append(' ').append(address);
    }
    Exception last = e;
    while (last instanceof MessagingException one && one.getNextException() != null) {
      last = one.getNextException();
    }
    return text.append(": ").append(reason(last)).toString();
  }

  private static String reason(Exception e) {
    var cause = e;
    while (cause instanceof MessagingException one && one.getNextException() != null) {
      cause = one.getNextException();
    }
    var message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    var line = message.strip().replaceAll("\\s+", " ");
    return line.startsWith("STARTTLS is required")
        ? line + "; security=tls is for port 465, security=none for a server that has neither"
        : line;
  }
}

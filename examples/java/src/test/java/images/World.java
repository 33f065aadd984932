package images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An isolated cloud in the emulator: a client for the code under test, and methods for tests. */
final class World implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String home;
  private final JsonNode facts;

  private World(String home, JsonNode facts) {
    this.home = home;
    this.facts = facts;
  }

  /** Creates a world that verifies signatures and whose clock stands still until it is advanced. */
  static World in(String emulator) {
    var wish = Map.of("auth", "strict", "clock", Map.of("rate", 0));
    var facts = send("POST", emulator + "/_ims/worlds", wish);
    return new World(emulator + "/_ims/worlds/" + facts.get("name").asText(), facts);
  }

  /** An SDK client of the world's demo user. */
  ImsClient client() {
    return clientOf("demo");
  }

  /** An SDK client of a user of the world; `partner` is of another account. */
  ImsClient clientOf(String name) {
    var user = facts.get("users").get(name);
    var credentials =
        new BasicCredentials()
            .withAk(user.get("access_key").asText())
            .withSk(user.get("secret_key").asText())
            .withProjectId(projectOf(name));
    return ImsClient.newBuilder().withCredential(credentials).withEndpoint(facts.get("endpoint").asText()).build();
  }

  /** The id of the project of a user. */
  String projectOf(String name) {
    return facts.get("users").get(name).get("project_id").asText();
  }

  /** Advances the clock. */
  void advance(Duration length) {
    send("POST", home + "/clock/advance", Map.of("by", length.toMillis() + "ms"));
  }

  /** Adds a rule; `when` and `then` are those of a scenario's rules. */
  void addRule(String name, Map<String, ?> when, Map<String, ?> then) {
    send("POST", home + "/rules", Map.of("name", name, "when", when, "then", then));
  }

  /** Fails unless exactly `count` requests match the filter. */
  void expectRequests(Map<String, ?> filter, int count) {
    var answer = send("POST", home + "/journal/verify", Map.of("requests", filter, "exactly", count));
    if (!answer.get("verified").asBoolean()) {
      List<String> failures = new ArrayList<>();
      answer.get("failures").forEach(failure -> failures.add(failure.asText()));
      throw new AssertionError(String.join("; ", failures));
    }
  }

  @Override
  public void close() {
    send("DELETE", home, Map.of());
  }

  private static JsonNode send(String method, String url, Map<String, ?> body) {
    try {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .method(method, HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
              .header("Content-Type", "application/json")
              .build();
      var response = HTTP.send(request, BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new AssertionError(method + " " + url + ": " + response.statusCode() + " " + response.body());
      }
      return JSON.readTree(response.body());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new AssertionError(method + " " + url + " was interrupted", error);
    }
  }
}

package conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** What the emulator noted of the calls, against the list of all that there are. */
final class Journal {
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    Journal(Cloud cloud) {
        address = URI.create(cloud.endpoint() + "/_ims/journal");
    }

    void clear() throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(address).DELETE().build(), BodyHandlers.discarding());
        Check.of("journal").gives("status of clearing it", answer.statusCode(), 204);
    }

    /** Every operation of the list was answered with success at least once. */
    void holdsAllOf(Path list) throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
        var succeeded = new TreeSet<String>();
        for (var entry : json.readTree(answer.body()).get("requests")) {
            if (entry.get("status").asInt() < 400) {
                succeeded.add(entry.get("operation").asText());
            }
        }
        var all = names(json.readTree(list.toFile()));
        var missing = new TreeSet<>(all);
        missing.removeAll(succeeded);
        Check.of("journal").gives("operations that were never answered with success", missing, Set.of());
        lacking(all);
        System.out.printf("operations called: %d of %d%n", all.size() - missing.size(), all.size());
    }

    /** Says when a later version of the SDK has a method for a call that is declared here. */
    private static void lacking(Set<String> all) {
        var methods = Arrays.stream(ImsClient.class.getMethods())
                .map(method -> method.getName())
                .toList();
        var lacking = new TreeSet<String>();
        for (var name : all) {
            var method = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            if (!methods.contains(method)) {
                lacking.add(method);
            }
        }
        Check.of("ImsClient").gives("operations that it has no method for", lacking, NewerCalls.NAMES);
        System.out.printf(
                "of them declared to the SDK's core, as its client lacks them: %s%n", String.join(", ", lacking));
    }

    private static Set<String> names(JsonNode list) {
        var names = new TreeSet<String>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }
}

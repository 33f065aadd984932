package journey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.obs.services.ObsClient;
import com.obs.services.ObsConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A disk's way through OBS and IMS with the OBS SDK for Java: made, put, imported, exported as vhd, fetched and compared. */
public final class Journey {
  private static final String BUCKET = "journey-java";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String base;
  private final String token;
  private final String project;

  private Journey(String endpoint, JsonNode world) {
    base = endpoint + "/w/" + world.get("name").asText();
    token = world.get("token").asText();
    project = world.get("project_id").asText();
  }

  public static void main(String[] arguments) throws Exception {
    String endpoint = arguments[0];
    Path folder = Files.createTempDirectory("journey-");
    Path raw = folder.resolve("disk.raw");
    Path disk = folder.resolve("disk.qcow2");
    Path exported = folder.resolve("exported.vhd");
    byte[] guest = new byte[8 << 20];
    for (int at = 0; at < 1 << 20; at++) guest[at] = (byte) (at * 13 + at / 509);
    byte[] end = "the end of the guest".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(end, 0, guest, guest.length - 512, end.length);
    Files.write(raw, guest);
    qemuImg("convert", "-f", "raw", "-O", "qcow2", raw.toString(), disk.toString());

    JsonNode world = send("POST", endpoint + "/_ims/worlds", "", Map.of("scenario", "instant"));
    Journey journey = new Journey(endpoint, world);
    ObsConfiguration configuration = new ObsConfiguration();
    configuration.setEndPoint(endpoint);
    configuration.setHttpsOnly(false);
    configuration.setPathStyle(true);
    try (ObsClient obs =
        new ObsClient(world.get("access_key").asText(), world.get("secret_key").asText(), configuration)) {
      obs.createBucket(BUCKET);
      obs.putObject(BUCKET, "disks/disk.qcow2", disk.toFile());
      String image = journey.importDisk();
      journey.exportImage(image);
      try (InputStream content = obs.getObject(BUCKET, "exports/disk.vhd").getObjectContent()) {
        Files.copy(content, exported);
      }
    }
    qemuImg("compare", "-f", "raw", "-F", "vpc", raw.toString(), exported.toString());
    send("DELETE", endpoint + "/_ims/worlds/" + world.get("name").asText(), "", null);
    for (Path file : new Path[] {raw, disk, exported, folder}) Files.delete(file);
    System.out.println("ok the way of a disk with the OBS SDK for Java");
  }

  private String importDisk() throws Exception {
    Map<String, Object> image = Map.of("name", "journey", "image_url", BUCKET + ":disks/disk.qcow2", "min_disk", 1);
    JsonNode started = send("POST", base + "/v2/cloudimages/action", token, image);
    return finished(started.get("job_id").asText()).at("/entities/image_id").asText();
  }

  private void exportImage(String image) throws Exception {
    Map<String, Object> target = Map.of("bucket_url", BUCKET + ":exports/disk.vhd", "file_format", "vhd");
    JsonNode started = send("POST", base + "/v1/cloudimages/" + image + "/file", token, target);
    finished(started.get("job_id").asText());
  }

  private JsonNode finished(String job) throws Exception {
    JsonNode found = send("GET", base + "/v1/" + project + "/jobs/" + job, token, null);
    if (!found.get("status").asText().equals("SUCCESS")) {
      throw new IllegalStateException("the job has not succeeded: " + found);
    }
    return found;
  }

  private static JsonNode send(String method, String url, String token, Object body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
    if (!token.isEmpty()) request.header("X-Auth-Token", token);
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    var reply = HTTP.send(request.build(), BodyHandlers.ofString());
    if (reply.statusCode() >= 300) {
      throw new IOException(method + " " + url + " answered " + reply.statusCode() + ": " + reply.body());
    }
    return JSON.readTree(reply.body().isEmpty() ? "null" : reply.body());
  }

  private static void qemuImg(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "qemu-img";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) throw new IOException("qemu-img " + arguments[0] + " ended with " + code);
  }
}

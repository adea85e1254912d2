package io.happo.hub.link;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a hub, and of the agent web, which has not joined yet. */
@Timeout(60)
abstract class LinkedTest {
  @TempDir Path folder;
  LinkedHub hub;
  TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(40)); // A machine may have other work.
    hub = new LinkedHub(folder, mostAgents());
    agent = new TestAgent(hub, "web");
  }

  int mostAgents() {
    return 10;
  }

  @AfterEach
  void stop() {
    agent.close();
    hub.close();
  }
}

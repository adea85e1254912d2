package io.happo.agent;

import io.happo.agent.api.Api;
import io.happo.agent.autoscaling.AutoScalingNode;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Insiders;
import io.happo.agent.feeds.FeedSettings;
import io.happo.agent.orders.HubWork;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Trust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the daemon was told at its start, room by room.
 *
 * @param logFile where events go
 * @param logLevel the lowest level that is written
 * @param publicKey the certificate, PEM; made together with the private key when neither is there
 * @param privateKey the private key, PEM
 * @param metricConfig metrics.yaml
 * @param autoScalingConfig autoscaling.yaml
 * @param node how this machine joins its Auto Scaling group; not given: it is in none
 * @param awsProgram what AWS is asked by
 * @param store the folder of the durable buffer and the snapshots
 * @param metricsMaxLifetime how long batches wait for a collector
 * @param machineStateMaxLifetime how long snapshots are kept
 * @param nagiosPluginPaths folders of monitoring plugins, the first that has one wins
 * @param sensuPluginPaths folders of metric plugins
 * @param proxyTrust which certificate of the next agent is believed
 * @param nrpe the door for check_nrpe; not given: there is none
 * @param feeds what programs of this machine may send
 * @param hub what is done for a hub, when there is one
 * @param builtinChecks when a command is a check that is part of the agent
 * @param cpuProfile a flight recording of the whole run is written here at its end
 * @param warnings what is doubtful but starts all the same, a line of the log each
 */
record DaemonSettings(
    Path logFile,
    System.Logger.Level logLevel,
    Path publicKey,
    Path privateKey,
    Path metricConfig,
    Path autoScalingConfig,
    Optional<AutoScalingNode.Settings> node,
    Path awsProgram,
    Path store,
    Duration metricsMaxLifetime,
    Duration machineStateMaxLifetime,
    List<Path> nagiosPluginPaths,
    List<Path> sensuPluginPaths,
    Trust proxyTrust,
    Optional<NrpeOptions> nrpe,
    FeedSettings feeds,
    HubWork.Settings hub,
    Insiders.When builtinChecks,
    Optional<Path> cpuProfile,
    HttpsServerSettings server,
    ExecSettings exec,
    Api.Settings api,
    List<String> warnings) {}

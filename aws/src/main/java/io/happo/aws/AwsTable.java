package io.happo.aws;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Program;
import java.util.List;

/** The table of {@code happo-aws}. */
final class AwsTable {
  private static final List<Exit> EXITS =
      List.of(
          new Exit("0", "AWS has answered; the answer is on standard output, JSON."),
          new Exit("1", "It has not; standard error says why."),
          new Exit("2", "The command line is wrong."));

  private static final String ACCESS =
      "Credentials, region and endpoints are taken as AWS's own tools take them: from the"
          + " environment (AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so"
          + " on), ~/.aws, or the role of the instance.";

  static final Program PROGRAM =
      new Program(
          "happo-aws",
          "Asks AWS for happo-agent's Auto Scaling",
          List.of(),
          List.of(
              new Command(
                  "instances",
                  "List the instances in service of Auto Scaling groups",
                  List.of(
                      "With their private addresses, in AWS's order. A group that AWS does not know"
                          + " is missing from the answer. Takes the permissions"
                          + " autoscaling:DescribeAutoScalingGroups and ec2:DescribeInstances.",
                      ACCESS),
                  "GROUP...",
                  List.of(),
                  List.of(
                      new Example(
                          "See what the agent would see", "happo-aws instances prod-web-ag")),
                  EXITS),
              new Command(
                  "self",
                  "Say which instance this is, and of which Auto Scaling group",
                  List.of(
                      "Asks the instance's metadata service, and for its group"
                          + " autoscaling:DescribeAutoScalingGroups.",
                      ACCESS),
                  "",
                  List.of(),
                  List.of(new Example("On an instance", "happo-aws self")),
                  EXITS),
              new Command(
                  "parameters",
                  "List the parameters below a path of SSM's Parameter Store",
                  List.of(
                      "Each by its name below the path; secure strings are decrypted. Takes the"
                          + " permission ssm:GetParametersByPath.",
                      ACCESS),
                  "PATH",
                  List.of(),
                  List.of(new Example("Those of a system", "happo-aws parameters /prod/happo")),
                  EXITS)),
          2,
          false,
          false);

  private AwsTable() {}
}

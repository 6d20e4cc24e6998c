using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>Options that make the ContainerConfig: what runs.</summary>
static class ProcessOptions
{
    public static ContainerConfig Config(Invocation call, AttachOptions attach, PortOptions ports, MountOptions mounts)
    {
        var line = call.Line;
        var variables = new EnvironmentOptions(call.Environment);
        return new ContainerConfig
        {
            Hostname = line.Text("hostname") ?? "",
            Domainname = line.Text("domainname") ?? "",
            User = line.Text("user") ?? "",
            Tty = line.Flag("tty"),
            OpenStdin = line.Flag("interactive"),
            StdinOnce = line.Flag("interactive") && attach.Stdin,
            AttachStdin = attach.Stdin,
            AttachStdout = attach.Stdout,
            AttachStderr = attach.Stderr,
            ExposedPorts = ports.Exposed,
            Env = variables.Variables(line),
            Cmd = line.Arguments.Count > 1 ? [.. line.Arguments.Skip(1)] : null,
            Image = line.Arguments[0],
            Volumes = mounts.AnonymousVolumes,
            WorkingDir = line.Text("workdir") ?? "",
            Entrypoint = line.Text("entrypoint") is { } entrypoint ? [entrypoint] : null,
            Labels = variables.Labels(line),
            Healthcheck = Health(line),
            MacAddress = line.Text("mac-address"),
            StopSignal = line.Text("stop-signal"),
            StopTimeout = (int?)line.Number("stop-timeout"),
        };
    }

    static HealthConfig? Health(ParsedLine line)
    {
        string[] settings =
        [
            "health-cmd",
            "health-interval",
            "health-retries",
            "health-start-interval",
            "health-start-period",
            "health-timeout",
        ];
        var any = settings.Any(line.Has);
        if (line.Flag("no-healthcheck"))
            return any
                ? throw new CliFailure("--no-healthcheck conflicts with --health-* options", 125)
                : new HealthConfig { Test = ["NONE"] };
        if (!any)
            return null;
        return new HealthConfig
        {
            Test = line.Text("health-cmd") is { Length: > 0 } command ? ["CMD-SHELL", command] : null,
            Interval = NotNegative(line, "health-interval"),
            Timeout = NotNegative(line, "health-timeout"),
            Retries = (int?)NotNegative(line, "health-retries"),
            StartPeriod = NotNegative(line, "health-start-period"),
            StartInterval = NotNegative(line, "health-start-interval"),
        };
    }

    static long? NotNegative(ParsedLine line, string option) =>
        line.Number(option) is < 0 ? throw new CliFailure($"--{option} cannot be negative", 125) : line.Number(option);
}

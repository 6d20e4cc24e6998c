using System.Globalization;
using System.Text;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>A container as the API's clients see it.</summary>
static class ContainerShapes
{
    static readonly Dictionary<string, string> NoLabels = [];

    public static ContainerSummary Summary(ContainerView view, DateTimeOffset now, ApiVersion version)
    {
        var record = view.Record;
        return new ContainerSummary
        {
            Id = record.Id,
            Names = ["/" + record.Name],
            Image = record.Config.Image,
            ImageID = record.ImageId,
            Command = CommandLine(record),
            Created = record.Created.ToUnixTimeSeconds(),
            Ports = PortShapes.Summary(view),
            SizeRw = view.SizeRw,
            SizeRootFs = view.SizeRootFs,
            Labels = record.Config.Labels ?? NoLabels,
            State = Word(view.Status),
            Status = Describe(view, now),
            HostConfig = new HostConfigSummary
            {
                NetworkMode = NetworkMode(record.HostConfig),
                Annotations = version.IsBefore(46) ? null : record.HostConfig.Annotations,
            },
            NetworkSettings = new NetworkSettingsSummary { Networks = Networks(view) },
            Mounts = record.Mounts,
        };
    }

    public static ContainerInspect Inspect(ContainerView view)
    {
        var record = view.Record;
        return new ContainerInspect
        {
            Id = record.Id,
            Created = Timestamps.Format(record.Created),
            Path = record.Path,
            Args = record.Args,
            State = State(view),
            Image = record.ImageId,
            ResolvConfPath = view.ResolvConfPath,
            HostnamePath = view.HostnamePath,
            HostsPath = view.HostsPath,
            LogPath = view.LogPath,
            Name = "/" + record.Name,
            RestartCount = record.RestartCount,
            Driver = record.Driver,
            AppArmorProfile = view.AppArmorProfile,
            ExecIDs = view.ExecIds.Count == 0 ? null : view.ExecIds,
            HostConfig = record.HostConfig with
            {
                Links = record.HostConfig.Links is { Length: > 0 } links ? [.. links.Select(l => Link(record.Name, l))] : null,
                ConsoleSize = record.HostConfig.ConsoleSize ?? [0, 0],
                MaskedPaths = view.MaskedPaths,
                ReadonlyPaths = view.ReadonlyPaths,
            },
            GraphDriver = new DriverData { Name = record.Driver, Data = view.SnapshotData.Count == 0 ? null : view.SnapshotData },
            SizeRw = view.SizeRw,
            SizeRootFs = view.SizeRootFs,
            Mounts = record.Mounts,
            Config = record.Config with
            {
                MacAddress = record.Networking?.EndpointsConfig?.GetValueOrDefault(record.HostConfig.NetworkMode)
                    is { MacAddress: { Length: > 0 } mac }
                    ? mac
                    : record.Config.MacAddress,
            },
            NetworkSettings = Settings(view),
        };
    }

    /// <summary>The state's word.</summary>
    public static string Word(ContainerStatus status) =>
        status switch
        {
            ContainerStatus.Created => "created",
            ContainerStatus.Running => "running",
            ContainerStatus.Paused => "paused",
            ContainerStatus.Restarting => "restarting",
            ContainerStatus.Removing => "removing",
            ContainerStatus.Exited => "exited",
            _ => "dead",
        };

    /// <summary>The STATUS column of `ps`.</summary>
    public static string Describe(ContainerView view, DateTimeOffset now)
    {
        var record = view.Record;
        string Up() => "Up " + HumanDuration.Describe(now - (record.StartedAt ?? now));
        string Ago() => HumanDuration.Describe(now - (record.FinishedAt ?? now)) + " ago";
        return view.Status switch
        {
            ContainerStatus.Running => Up() + HealthShapes.Suffix(view.Health),
            ContainerStatus.Paused => Up() + " (Paused)",
            ContainerStatus.Restarting => string.Create(CultureInfo.InvariantCulture, $"Restarting ({record.ExitCode}) {Ago()}"),
            ContainerStatus.Removing => "Removal In Progress",
            ContainerStatus.Dead => "Dead",
            ContainerStatus.Created => "Created",
            _ => string.Create(CultureInfo.InvariantCulture, $"Exited ({record.ExitCode}) {Ago()}"),
        };
    }

    static ContainerState State(ContainerView view) =>
        new()
        {
            Status = Word(view.Status),
            Running = view.Status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting,
            Paused = view.Status == ContainerStatus.Paused,
            Restarting = view.Status == ContainerStatus.Restarting,
            OOMKilled = view.Record.OomKilled,
            Dead = view.Status == ContainerStatus.Dead,
            Pid = view.Pid,
            ExitCode = view.Record.ExitCode,
            Error = view.Record.Error,
            StartedAt = Timestamps.Format(view.Record.StartedAt),
            FinishedAt = Timestamps.Format(view.Record.FinishedAt),
            Health = HealthShapes.Of(view.Health),
        };

    static NetworkSettings Settings(ContainerView view)
    {
        // Old clients read the default bridge's fields here.
        var bridge = view.Network?.Endpoints.FirstOrDefault(e => e.Network == "bridge")?.Settings ?? new EndpointSettings();
        return new NetworkSettings
        {
            SandboxID = view.Network?.SandboxId ?? "",
            SandboxKey = view.Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/proc/{view.Pid}/ns/net"),
            Ports = PortShapes.Map(view),
            EndpointID = bridge.EndpointID,
            Gateway = bridge.Gateway,
            GlobalIPv6Address = bridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen,
            IPAddress = bridge.IPAddress,
            IPPrefixLen = bridge.IPPrefixLen,
            IPv6Gateway = bridge.IPv6Gateway,
            MacAddress = bridge.MacAddress,
            Networks = Networks(view),
        };
    }

    /// <summary>What it got of each network while it runs, what it asked for otherwise.</summary>
    static Dictionary<string, EndpointSettings> Networks(ContainerView view)
    {
        var networks = new Dictionary<string, EndpointSettings>();
        foreach (var (name, asked) in view.Record.Networking?.EndpointsConfig ?? [])
            networks[name] = view.Network?.Endpoints.FirstOrDefault(e => e.Network == name)?.Settings ?? asked ?? new EndpointSettings();
        return networks;
    }

    /// <summary>"db:database" of web as "/db:/web/database".</summary>
    static string Link(string name, string link)
    {
        var colon = link.IndexOf(':');
        var (target, alias) = colon < 0 ? (link, link) : (link[..colon], link[(colon + 1)..]);
        return $"/{target.TrimStart('/')}:/{name}/{alias[(alias.LastIndexOf('/') + 1)..]}";
    }

    static string NetworkMode(HostConfig config) => config.NetworkMode is "" or "default" ? "bridge" : config.NetworkMode;

    static string CommandLine(ContainerRecord record)
    {
        if (record.Args.Length == 0)
            return record.Path;
        var line = new StringBuilder(record.Path);
        foreach (var word in record.Args)
        {
            if (word.Contains(' '))
                line.Append(" '").Append(word).Append('\'');
            else
                line.Append(' ').Append(word);
        }
        return line.ToString();
    }
}

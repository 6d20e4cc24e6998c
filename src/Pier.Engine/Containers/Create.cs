using System.Text.RegularExpressions;
using Pier.Engine.Health;
using Pier.Engine.Mounts;
using Pier.Engine.Specs;
using Pier.Engine.Volumes;
using Pier.Model;
using Pier.Network;
using Pier.Store.Images;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Makes a container: its record, its snapshot, its directory. Nothing is left when any of it fails.</summary>
    public Task<CreatedContainer> CreateAsync(CreateContainer request, CancellationToken ct)
    {
        if (request.Config.Image.Length == 0)
            throw new InvalidParameterException("config cannot be empty in order to create a container");
        if (request.Name is { Length: > 0 } name && !ValidName().IsMatch(name.TrimStart('/')))
            throw new InvalidParameterException($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        if (request.Config.Env?.Contains("") == true)
            throw new InvalidParameterException("invalid environment variable: ");
        NetworkModeConflicts.Check(request.Config, request.HostConfig);
        var image = parts.Store.Images.Resolve(request.Config.Image);
        CheckPlatform(request, image);
        var config = ConfigMerge.Merge(request.Config, image.Config.Config);
        var (path, arguments) = ConfigMerge.Command(config);
        CheckConfig(config);
        var host = HostConfigRules.Apply(request.HostConfig, parts.Options, Environment.ProcessorCount);
        HostConfigSyntax.Check(host);
        CgroupParents.PathOf(host.CgroupParent);
        SecurityOptions.Check(host.SecurityOpt, runtimeHost.AppArmor.Enabled);
        DefaultCapabilities.Resolve(host, runtimeHost.Capabilities);
        var warnings = new List<string>();
        host = HostLimits.Fit(host, runtimeHost.Limits, warnings) with
        {
            NetworkMode = config.NetworkDisabled == true ? "none" : ResolveNetwork(host.NetworkMode),
            // Docker: private on cgroup v2, the host's on v1 unless asked for.
            CgroupnsMode =
                host.CgroupnsMode.Length > 0 ? host.CgroupnsMode
                : runtimeHost.CgroupV2 && !host.Privileged ? "private"
                : "host",
        };
        var size = StorageOptions.Size(host.StorageOpt, () => parts.Store.Snapshots.HasQuotas);
        links.Check(host);
        RequireDonor(host.PidMode);
        RequireDonor(host.IpcMode);
        var networking = NetworkingRules.Resolve(request.Networking, host, config, parts.Networks);
        var plans = MountPlanner.Plan(host, config, Donor);
        if (request.Platform is null && image.Config.Architecture != HostPlatform.Architecture)
            warnings.Add(
                $"The requested image's platform ({image.Config.Os}/{image.Config.Architecture}) does not match the detected host platform (linux/{HostPlatform.Architecture}) and no specific platform was requested"
            );
        if (host.NetworkMode == "host" && host.PortBindings is { Count: > 0 })
            warnings.Add("Published ports are discarded when using host network mode");
        if (HealthRules.Check(config.Healthcheck) is { } unknown)
            warnings.Add(unknown);

        var id = Ids.New();
        var reserved = Reserve(request.Name, id);
        using var holds = new VolumeHolds(parts.Volumes);
        var maker = new MountMaker(parts, holds);
        try
        {
            if (config.Hostname.Length == 0)
                config = config with { Hostname = host.NetworkMode == "host" ? Environment.MachineName : Ids.Short(id) };
            var record = new ContainerRecord
            {
                Id = id,
                Name = reserved,
                Created = parts.Time.GetUtcNow(),
                Config = config,
                HostConfig = host,
                Networking = networking,
                ImageId = image.Id.ToString(),
                ChainId = image.ChainId?.ToString(),
                Driver = parts.Store.Snapshots.DriverName,
                Path = path,
                Args = arguments,
                Mounts = maker.Make(plans),
                MountDetails = plans.Where(p => p.Detail != new MountDetail()).ToDictionary(p => p.Destination, p => p.Detail),
            };
            parts.Store.Snapshots.Prepare(id, image.ChainId, size);
            mounts.Prepare(record, plans);
            Directory.CreateDirectory(
                parts.Store.Layout.Container(id),
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherExecute
            );
            parts.Records.Put(id, record);
            var container = new Container(record);
            parts.Containers.Add(container);
            Publish(container, "create");
            return Task.FromResult(new CreatedContainer(id, warnings));
        }
        catch
        {
            parts.Store.Snapshots.Remove(id);
            mounts.Abandon(id, plans.Count);
            maker.Undo();
            RemoveDirectory(id);
            parts.Containers.Unreserve(reserved, id);
            throw;
        }
    }

    string Reserve(string? name, string id)
    {
        if (name is null or "")
            return parts.Containers.ReserveGenerated(id);
        name = name.TrimStart('/');
        parts.Containers.Reserve(name, id);
        return name;
    }

    // A name of another container becomes its id, so that a rename does not break the tie.
    string ResolveNetwork(string mode)
    {
        var parsed = NetworkMode.Parse(mode);
        if (parsed.Kind != NetworkModeKind.Container)
            return mode;
        try
        {
            return "container:" + parts.Containers.Resolve(parsed.Container!).Id;
        }
        catch (NotFoundException)
        {
            // It may come before the start, which is where Docker looks. A 404 here means to clients that the image is missing: they pull.
            return mode;
        }
    }

    // Not a 404: clients take that for a missing image, and pull.
    ContainerRecord Donor(string reference)
    {
        try
        {
            return parts.Containers.Resolve(reference).Record;
        }
        catch (NotFoundException e)
        {
            throw new InvalidParameterException(e.Message, e);
        }
    }

    static void CheckPlatform(CreateContainer request, Image image)
    {
        if (request.Platform is not { Length: > 0 } text)
            return;
        var wanted = Platform.Parse(text);
        var own = image.Config.Platform;
        if (!own.Satisfies(wanted))
            throw new NotFoundException(
                $"image with reference {request.Config.Image} was found but its platform ({own}) does not match the specified platform ({wanted})"
            );
    }

    /// <summary>The container whose namespace is to be shared is there.</summary>
    void RequireDonor(string mode)
    {
        if (!mode.StartsWith("container:", StringComparison.Ordinal))
            return;
        try
        {
            parts.Containers.Resolve(mode["container:".Length..]);
        }
        catch (NotFoundException e)
        {
            throw new InvalidParameterException(e.Message, e);
        }
    }

    static void CheckConfig(ContainerConfig config)
    {
        if (config.WorkingDir.Length > 0 && config.WorkingDir[0] != '/')
            throw new InvalidParameterException($"the working directory '{config.WorkingDir}' is invalid, it needs to be an absolute path");
        if (config.StopSignal is { Length: > 0 } signal)
            Signals.Parse(signal);
        foreach (var variable in config.Env ?? [])
        {
            if (variable.Length == 0 || variable[0] == '=')
                throw new InvalidParameterException($"invalid environment variable: {variable}");
            if (variable.Contains('\0'))
                throw new InvalidParameterException("invalid environment variable: it contains a NUL byte");
        }
        if (config.Hostname.Length > 63 || config.Hostname.AsSpan().ContainsAny("/\0\n "))
            throw new InvalidParameterException($"invalid hostname format: {config.Hostname}");
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();
}

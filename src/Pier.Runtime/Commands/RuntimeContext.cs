using System.Text.Json;
using Pier.Linux.Cgroups;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;
using Pier.Runtime.Launch;

namespace Pier.Runtime.Commands;

/// <summary>What every command works with.</summary>
sealed class RuntimeContext
{
    public RuntimeContext(RuntimeOptions options)
    {
        Options = options;
        Host = HostFactsReader.Read();
        States = new StateDirectory(options.Root, Host.Cgroups);
        Preparer = new ContainerPreparer(Host, OwnMembership.HierarchiesToLeave(Host.Cgroups, File.ReadAllText("/proc/self/cgroup")));
    }

    public RuntimeOptions Options { get; }
    public HostFacts Host { get; }
    public StateDirectory States { get; }
    public ContainerPreparer Preparer { get; }

    public static Spec LoadSpec(string bundle)
    {
        var path = Path.Combine(bundle, "config.json");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.Spec)
                ?? throw new CommandException($"{path} is empty");
        }
        catch (FileNotFoundException e)
        {
            throw new CommandException($"JSON specification file {path} not found", inner: e);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path}: {e.Message}", inner: e);
        }
    }

    /// <summary>
    /// The group's path below the hierarchies' roots. systemd's "slice:prefix:name" needs systemd, which Pier does not ask.
    /// </summary>
    public string CgroupPath(Spec spec, string id)
    {
        var path = spec.Linux?.CgroupsPath;
        if (Options.SystemdCgroup)
            throw new CommandException("systemd cgroups are not supported: use the cgroupfs manager");
        if (string.IsNullOrEmpty(path))
            return "/" + id;
        if (CgroupName.Problem(path) is { } problem)
            throw new CommandException($"linux.cgroupsPath: {problem}");
        return CgroupName.Clean(path);
    }
}

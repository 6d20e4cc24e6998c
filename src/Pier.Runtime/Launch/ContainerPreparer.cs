using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Cgroups;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;
using Pier.Runtime.Resources;

namespace Pier.Runtime.Launch;

/// <summary>What a container's launch is prepared from.</summary>
sealed record PreparationRequest
{
    public required string Id { get; init; }
    public required Spec Spec { get; init; }
    public required SafeFileHandle Root { get; init; }
    public IReadOnlyDictionary<string, SafeFileHandle>? Mounts { get; init; }
    public SafeFileHandle? NetworkNamespace { get; init; }
    public SafeFileHandle? UserNamespace { get; init; }

    /// <summary>Directory that relative mount sources start from.</summary>
    public string Bundle { get; init; } = "/";

    /// <summary>The group's path below the hierarchies' roots.</summary>
    public required string CgroupPath { get; init; }

    /// <summary>Whether the group may exist already, empty.</summary>
    public bool ReuseCgroup { get; init; }
    public int OwnStdio { get; init; }

    /// <summary>
    /// Whether the launch is a plain fork, which cannot clone again: namespaces are then joined by the launching thread, and a new user
    /// namespace is made by the clone itself.
    /// </summary>
    public bool Forks { get; init; }
}

/// <summary>
/// Opens and makes what a program needs of the host: the control group with its limits, namespaces, detached mounts. This is the part that
/// can hang or fail on the user's input, so it happens before the launch. LinuxExceptions are told in the engine's words here.
/// </summary>
sealed class ContainerPreparer(HostFacts host, IReadOnlyCollection<string> hierarchiesToLeave)
{
    public Preparation Prepare(PreparationRequest request)
    {
        var preparation = new Preparation();
        try
        {
            preparation.Lend("root", request.Root);
            Namespaces(preparation, request);
            MountPreparer.Prepare(preparation, request);
            Cgroup(preparation, request);
            preparation.Facts = preparation.Facts with { Key = request.Id, OwnStdio = request.OwnStdio };
            return preparation;
        }
        catch (Exception e)
        {
            Undo(preparation);
            if (e is LinuxException linux)
                throw Translate(linux);
            throw;
        }
    }

    /// <summary>Closes everything and removes the group: the launch has failed.</summary>
    public static void Undo(Preparation preparation)
    {
        preparation.Dispose();
        preparation.Group?.Delete(TimeSpan.FromSeconds(1));
    }

    public ControlGroup Group(string path)
    {
        if (CgroupName.Problem(path) is { } problem)
            throw new InvalidParameterException($"linux.cgroupsPath: {problem}");
        return new ControlGroup(host.Cgroups, path, hierarchiesToLeave);
    }

    void Cgroup(Preparation preparation, PreparationRequest request)
    {
        var group = Group(request.CgroupPath);
        group.Create(request.ReuseCgroup);
        preparation.Group = group;
        if (request.Spec.Linux?.Resources is { } resources)
        {
            ResourceWriter.ApplyDevices(group, resources);
            ResourceWriter.Apply(group, resources);
        }
        var names = new List<string>();
        foreach (var (name, procs) in group.OpenProcs())
        {
            preparation.Own($"cgroup.{name}", procs);
            names.Add(name);
        }
        preparation.Facts = preparation.Facts with { Cgroups = names };
        MountPreparer.CgroupMounts(preparation, request, host, group);
    }

    static void Namespaces(Preparation preparation, PreparationRequest request)
    {
        var joined = new List<string>();
        var maps = false;
        foreach (var ns in request.Spec.Linux?.Namespaces ?? [])
        {
            if (NamespaceKind.Named(ns.Type) is not { } kind)
                continue; // the compiler says so
            var import = $"ns.{kind.Word}";
            if (kind.Flag == CloneFlags.NewNetwork && request.NetworkNamespace is { } network)
                preparation.Lend(import, network);
            else if (ns.Path is { Length: > 0 } path)
                preparation.Own(import, NamespaceFile.Open(path));
            else if (kind.Flag == CloneFlags.NewUser && request.UserNamespace is { } user)
                preparation.Lend(import, user);
            else if (kind.Flag == CloneFlags.NewUser && request.Forks)
            {
                maps = true;
                continue;
            }
            else if (kind.Flag == CloneFlags.NewUser)
                preparation.Own(import, NewUser(request.Spec.Linux!));
            else
                continue;
            joined.Add(kind.Word);
        }
        if (request.NetworkNamespace is { } given && !joined.Contains("network"))
        {
            preparation.Lend("ns.network", given);
            joined.Add("network");
        }
        preparation.Facts = request.Forks
            ? preparation.Facts with
            {
                InheritedNamespaces = joined,
                MapsUser = maps,
            }
            : preparation.Facts with
            {
                JoinedNamespaces = joined,
            };
    }

    static SafeFileHandle NewUser(LinuxConfig linux)
    {
        using var launcher = new Launcher();
        return UserNamespace.Create(launcher, Ranges(linux.UidMappings), Ranges(linux.GidMappings));
    }

    public static IReadOnlyList<IdRange> Ranges(IReadOnlyList<IdMapping>? mappings) =>
        [.. (mappings ?? []).Select(m => new IdRange(m.ContainerID, m.HostID, m.Size))];

    public static EngineException Translate(LinuxException e) =>
        e.Errno switch
        {
            Errno.ENOENT or Errno.ENOTDIR => new InvalidParameterException(e.Message, e),
            Errno.EEXIST => new ConflictException(e.Message, e),
            _ => new HostFailureException(e.Message, e),
        };
}

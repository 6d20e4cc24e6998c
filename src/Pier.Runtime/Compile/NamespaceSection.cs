using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>Which namespaces a container makes and which it joins, and in which order that is possible.</summary>
sealed class NamespaceSection
{
    readonly Compilation _c;
    readonly CloneFlags _inherited;

    public NamespaceSection(Compilation c, Spec spec)
    {
        _c = c;
        var seen = new HashSet<string>();
        foreach (var ns in spec.Linux?.Namespaces ?? [])
        {
            var kind =
                NamespaceKind.Named(ns.Type) ?? throw Compilation.Invalid("linux.namespaces", $"unknown namespace type \"{ns.Type}\"");
            if (!seen.Add(kind.Word))
                throw Compilation.Invalid("linux.namespaces", $"duplicate {kind.Word} namespace");
            if (kind.Flag == CloneFlags.NewTime)
                throw new Model.UnsupportedException("linux.namespaces: time namespaces are not supported");
            if (c.Facts.JoinedNamespaces.Contains(kind.Word))
                continue;
            if (c.Facts.InheritedNamespaces.Contains(kind.Word))
            {
                _inherited |= kind.Flag;
                continue;
            }
            if (kind.Flag == CloneFlags.NewUser && !c.Facts.MapsUser)
                throw new InvalidOperationException("a user namespace is made before and handed in");
            New |= kind.Flag;
        }
        foreach (var word in c.Facts.JoinedNamespaces)
            Joined |= NamespaceKind.Named(word)!.Flag;
        if ((Joined & CloneFlags.NewMount) != 0)
            throw new Model.UnsupportedException("linux.namespaces: joining a mount namespace is not supported");
        if ((New & CloneFlags.NewMount) == 0)
            throw Compilation.Invalid("linux.namespaces", "a container needs a new mount namespace");
    }

    /// <summary>Namespaces that the container gets for itself.</summary>
    public CloneFlags New { get; }

    /// <summary>Namespaces handed in as descriptors.</summary>
    public CloneFlags Joined { get; }

    public bool HasUser => _c.Facts.HasUser;

    /// <summary>Whether the mounts, hostname, ... of this kind are the container's own and not the host's.</summary>
    public bool Own(CloneFlags kind) => ((New | Joined | _inherited) & kind) != 0;

    /// <summary>
    /// A process enters a pid namespace only by being born in it, and namespaces belong to the user namespace they are made in.
    /// </summary>
    public bool NeedsSecondClone => (Joined & (CloneFlags.NewUser | CloneFlags.NewPid)) != 0;

    // The root of a cgroup namespace is the maker's group: made after joining, never by clone.
    CloneFlags ByClone => New & ~CloneFlags.NewCgroup;

    public void SetFirstClone() => _c.Builder.CloneFlags = NeedsSecondClone ? 0 : (ulong)ByClone;

    /// <summary>Before anything else in a user namespace that the first clone made: without mappings there is no root to be.</summary>
    public void AwaitMappings()
    {
        if (!_c.Facts.MapsUser)
            return;
        var b = _c.Builder.About("linux.uidMappings");
        b.Call(Syscall.Read, _c.Imported("mapped"), b.Bytes(new byte[8]), 1);
        BecomeRoot();
    }

    public void Join()
    {
        foreach (var kind in NamespaceKind.All)
        {
            if ((Joined & kind.Flag) == 0)
                continue;
            _c.Builder.About($"linux.namespaces {kind.Word}").Call(Syscall.Setns, _c.Imported($"ns.{kind.Word}"), (ulong)kind.Flag);
        }
    }

    public void SecondClone()
    {
        if (!NeedsSecondClone)
            return;
        var b = _c.Builder.About("linux.namespaces");
        // Until execve the process shares the launcher's memory: nobody in a joined pid namespace may look into it.
        b.Call(Syscall.Prctl, Linux.Capabilities.CapabilityCalls.PrSetDumpable, 0);
        var child = b.NewLabel();
        b.Clone((ulong)(ByClone | CloneFlags.Parent | CloneFlags.ParentSetTid | CloneFlags.SignalChild), child);
        b.Call(Syscall.ExitGroup, 0);
        b.Bind(child);
        if (HasUser)
            BecomeRoot();
    }

    /// <summary>Files that are made from here on belong to the container's root.</summary>
    void BecomeRoot()
    {
        _c.Builder.About("linux.uidMappings").Call(Syscall.Setresgid, 0, 0, 0);
        _c.Builder.Call(Syscall.Setresuid, 0, 0, 0);
    }

    public void NewCgroupNamespace()
    {
        if ((New & CloneFlags.NewCgroup) != 0)
            _c.Builder.About("linux.namespaces cgroup").Call(Syscall.Unshare, (ulong)CloneFlags.NewCgroup);
    }

    /// <summary>The loopback device of a network namespace that nobody else sets up.</summary>
    public void Loopback()
    {
        if ((New & CloneFlags.NewNetwork) == 0)
            return;
        const int inet = 2,
            datagram = 2,
            closeOnExec = 0x80000,
            setFlags = 0x8914;
        var b = _c.Builder.About("linux.namespaces network: loopback");
        var socket = b.CallInto(Syscall.Socket, inet, datagram | closeOnExec, 0);
        // struct ifreq (man 7 netdevice): 16 bytes of name, then the flags IFF_UP | IFF_RUNNING.
        var request = new byte[40];
        "lo"u8.CopyTo(request);
        request[16] = 0x41;
        b.Call(Syscall.Ioctl, socket, setFlags, b.Bytes(request));
    }
}

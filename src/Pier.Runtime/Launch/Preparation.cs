using Microsoft.Win32.SafeHandles;
using Pier.Linux.Cgroups;
using Pier.Linux.Launch;
using Pier.Runtime.Compile;

namespace Pier.Runtime.Launch;

/// <summary>Everything opened for one launch: the facts for the compiler and the descriptors behind them, by import name.</summary>
sealed class Preparation : IDisposable
{
    readonly Dictionary<string, SafeFileHandle> _imports = [];
    readonly List<SafeFileHandle> _own = [];

    public LaunchFacts Facts { get; set; } = new() { Key = "" };

    /// <summary>The container's group, once it is made.</summary>
    public ControlGroup? Group { get; set; }

    /// <summary>Hands in a descriptor that is closed with this.</summary>
    public SafeFileHandle Own(string import, SafeFileHandle handle)
    {
        _own.Add(handle);
        _imports[import] = handle;
        return handle;
    }

    /// <summary>Hands in a descriptor that stays its owner's.</summary>
    public void Lend(string import, SafeFileHandle handle) => _imports[import] = handle;

    public SafeFileHandle ImportOf(string name) => _imports[name];

    /// <summary>The descriptors of a program's imports, in order; those that the launcher provides itself are skipped.</summary>
    public IReadOnlyList<SafeFileHandle> ImportsOf(LaunchProgram program, bool withStdio)
    {
        var handles = new List<SafeFileHandle>();
        foreach (var name in program.Imports)
        {
            if (!withStdio && name is "stdin" or "stdout" or "stderr")
                continue;
            handles.Add(_imports[name]);
        }
        return handles;
    }

    public void Dispose()
    {
        foreach (var handle in _own)
            handle.Dispose();
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using Pier.Linux.Launch;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Commands;
using Pier.Runtime.Compile;
using Pier.Runtime.Seccomp;

namespace Pier.Runtime;

/// <summary>Shows the launch program that a spec compiles to on this host, for people who read and compare programs.</summary>
public static class ProgramDump
{
    /// <summary>
    /// Compiles and disassembles. The spec is the text of a config.json, or null for the one that `pier runtime spec` writes. Nothing is
    /// opened or made: binds and namespaces to join stand as the imports that a launch would hand in.
    /// </summary>
    public static void Write(string? config, TextWriter output)
    {
        var spec = config is null ? BundleTemplate.Default() : Parse(config);
        var host = HostFactsReader.Read();
        var mounts = new Dictionary<int, PreparedMount>();
        for (var i = 0; i < spec.Mounts.Count; i++)
        {
            if (spec.Mounts[i].Type == "bind" || spec.Mounts[i].Options.Any(o => o is "bind" or "rbind"))
                mounts[i] = new PreparedMount(IsDirectory: true);
        }
        var facts = new LaunchFacts
        {
            Key = "debug",
            Cgroups = host.Cgroups.Unified ? ["unified"] : [.. host.Cgroups.Legacy.Select(h => h.DirectoryName)],
            JoinedNamespaces = [.. (spec.Linux?.Namespaces ?? []).Where(n => n.Path is { Length: > 0 }).Select(n => n.Type)],
            Mounts = mounts,
        };
        var filter = spec.Linux?.Seccomp is { } seccomp ? SeccompTranslator.Compile(seccomp, RuntimeInformation.ProcessArchitecture) : null;
        Disassembler.Write(SpecCompiler.Compile(spec, host, facts, filter), output);
    }

    static Spec Parse(string config)
    {
        try
        {
            return JsonSerializer.Deserialize(config, RuntimeJson.Default.Spec)
                ?? throw new InvalidParameterException("config.json: it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"config.json: {e.Message}", e);
        }
    }
}

using System.Text.Json;
using Pier.Linux.Capabilities;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;

namespace Pier.Runtime.Commands;

/// <summary>spec, features, --version, --help.</summary>
static class DescribeCommands
{
    public static int Version()
    {
        var version = typeof(DescribeCommands).Assembly.GetName().Version;
        Console.Out.WriteLine($"pier version {version?.ToString(3)}");
        Console.Out.WriteLine("spec: 1.2.0");
        return 0;
    }

    public static int Help(IEnumerable<string> commands)
    {
        Console.Out.WriteLine(
            "NAME:\n   pier runtime - run containers from OCI bundles\n\nUSAGE:\n   pier runtime [global options] command [command options] [arguments...]\n\nCOMMANDS:"
        );
        foreach (var command in commands.Order(StringComparer.Ordinal))
            Console.Out.WriteLine($"   {command}");
        Console.Out.WriteLine(
            "\nGLOBAL OPTIONS:\n   --root DIR  --log FILE  --log-format text|json  --debug  --systemd-cgroup  --rootless VALUE  --version"
        );
        return 0;
    }

    public static int Spec(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, ["bundle|b"], ["rootless"]);
        if (line.Has("rootless"))
            throw new CommandException("rootless containers are not supported yet");
        var path = Path.Combine(line.Value("bundle") ?? ".", "config.json");
        if (File.Exists(path))
            throw new CommandException($"File {path} exists. Remove it first");
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        JsonSerializer.Serialize(json, BundleTemplate.Default(), RuntimeJson.Default.Spec);
        return 0;
    }

    public static int Features(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        CommandLine.Parse(arguments, [], []);
        InspectCommands.Write(json => WriteFeatures(json, context), indented: true);
        return 0;
    }

    static void WriteFeatures(Utf8JsonWriter json, RuntimeContext context)
    {
        json.WriteStartObject();
        json.WriteString("ociVersionMin", "1.0.0");
        json.WriteString("ociVersionMax", "1.2.0");
        Strings(json, "hooks", ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
        Strings(json, "mountOptions", Compile.MountOptions.Names);
        json.WriteStartObject("linux");
        Strings(json, "namespaces", NamespaceKind.All.Select(k => k.Word).Where(w => w != "time").Order(StringComparer.Ordinal));
        Strings(json, "capabilities", Enumerable.Range(0, context.Host.LastCapability + 1).Select(Capability.Name));
        json.WriteStartObject("cgroup");
        json.WriteBoolean("v1", true);
        json.WriteBoolean("v2", true);
        json.WriteBoolean("systemd", false);
        json.WriteBoolean("systemdUser", false);
        json.WriteBoolean("rdma", false);
        json.WriteEndObject();
        json.WriteStartObject("seccomp");
        json.WriteBoolean("enabled", true);
        Strings(
            json,
            "actions",
            [
                "SCMP_ACT_ALLOW",
                "SCMP_ACT_ERRNO",
                "SCMP_ACT_KILL",
                "SCMP_ACT_KILL_PROCESS",
                "SCMP_ACT_KILL_THREAD",
                "SCMP_ACT_LOG",
                "SCMP_ACT_TRACE",
                "SCMP_ACT_TRAP",
            ]
        );
        Strings(
            json,
            "operators",
            ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"]
        );
        Strings(json, "archs", ["SCMP_ARCH_AARCH64", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]);
        Strings(json, "knownFlags", ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"]);
        json.WriteEndObject();
        Enabled(json, "apparmor", context.Host.AppArmor);
        Enabled(json, "selinux", false);
        json.WriteStartObject("mountExtensions");
        Enabled(json, "idmap", true);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Enabled(Utf8JsonWriter json, string name, bool enabled)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("enabled", enabled);
        json.WriteEndObject();
    }

    static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}

using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Graph;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Build.Frontend;

// RUN --mount.
sealed partial class StageCompiler
{
    async Task<RunMount> MountAsync(StageState stage, RunInstruction instruction, MountOptions options, Func<int> nextAgent)
    {
        // The values of the keys, variables expanded. Another stage is named by what the file says, not by what the build makes of it.
        var fields = new Dictionary<string, string>();
        foreach (var (name, value) in options.Values)
            fields[name] = name == "from" ? value : Expand(stage, instruction, value);
        var mount = new MountFields(options.Type, fields);
        return options.Type switch
        {
            "bind" => mount
                .Allow("from", "source", "target", "readonly", "readwrite")
                .Bind(await FromAsync(stage, fields.GetValueOrDefault("from")), Target(stage, mount)),
            "cache" => mount
                .Allow("from", "source", "target", "readonly", "readwrite", "id", "sharing", "mode", "uid", "gid")
                .Cache(fields.ContainsKey("from") ? await FromAsync(stage, fields["from"]) : null, Target(stage, mount)),
            "tmpfs" => mount.Allow("target", "size").Tmpfs(Target(stage, mount)),
            "secret" => mount.Allow("id", "target", "source", "required", "mode", "uid", "gid", "env").Secret(t => Absolute(stage, t)),
            _ => mount.Allow("id", "target", "required", "mode", "uid", "gid").Ssh(t => Absolute(stage, t), nextAgent),
        };
    }

    static string Target(StageState stage, MountFields mount)
    {
        var written = mount["target"] is { Length: > 0 } text
            ? text
            : throw new InstructionException("mount target is required: --mount=type=" + mount.Type, "--mount");
        var target = Absolute(stage, written);
        return target != "/"
            ? target
            : throw new InstructionException($"invalid mount target {GoQuote.Text(written)}: it would hide the whole tree", written);
    }

    static string Absolute(StageState stage, string path) => CleanPath.Join(stage.Config.WorkingDir, path);
}

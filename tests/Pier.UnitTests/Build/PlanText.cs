using System.Globalization;
using System.Text;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.UnitTests.Build;

/// <summary>A plan as text, for golden files: the vertices in the order of their inputs, then steps, configuration and warnings.</summary>
static class PlanText
{
    public static string Of(BuildPlan plan)
    {
        var numbers = new Dictionary<Vertex, int>();
        var text = new StringBuilder();
        Number(plan.Root, numbers, text);
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nroot {numbers[plan.Root]}, {plan.Platform}, author '{plan.Author}', base image {(plan.BaseImage is null ? "none" : "there")}\n\n"
        );
        foreach (var step in plan.Instructions)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{step.Line, 3} stage {step.Stage}{(step.IsFinalStage ? "*" : " ")} {(step.ChangesTree ? "tree" : "    ")}{(step.IsTrigger ? " trigger" : "")} {Quoted(step.Text)}\n        => {Quoted(step.CreatedBy)}\n"
            );
        text.Append('\n').Append(Config(plan.Config));
        foreach (var warning in plan.Warnings)
            text.Append(CultureInfo.InvariantCulture, $"\nwarning {warning.Line}: {warning.Code}: {warning.Message}");
        return text.Append('\n').ToString();
    }

    static void Number(Vertex vertex, Dictionary<Vertex, int> numbers, StringBuilder text)
    {
        if (numbers.ContainsKey(vertex))
            return;
        foreach (var input in vertex.Inputs)
            Number(input, numbers, text);
        numbers[vertex] = numbers.Count + 1;
        text.Append(CultureInfo.InvariantCulture, $"{numbers[vertex], 3} {vertex.Name}{(vertex.IgnoreCache ? " (no cache)" : "")}\n");
        foreach (var line in Lines(vertex, v => numbers[v]))
            text.Append("      ").Append(line).Append('\n');
    }

    static IEnumerable<string> Lines(Vertex vertex, Func<Vertex, int> number) =>
        vertex switch
        {
            ImageSource image => [$"image {image.Reference} for {image.Platform}"],
            LocalSource local => [$"local {local.Local} without [{string.Join(' ', local.Excludes)}]"],
            HttpSource http => [$"http {http.Address} as {http.FileName} checksum {http.Checksum?.ToString() ?? "-"}"],
            GitSource git =>
            [
                $"git {git.Remote} ref '{git.Reference}' dir '{git.Subdirectory}' keep {git.KeepGitDirectory} checksum {git.Checksum ?? "-"}",
            ],
            FileStep file =>
            [
                $"files over {number(file.Base)}{(file.Linked ? " linked" : "")}",
                .. file.Actions.Select(a => Action(a, number)),
            ],
            RunStep run =>
            [
                $"run over {number(run.Base)} in {run.WorkingDirectory} as '{run.User}' net {run.Network}{(run.Insecure ? " insecure" : "")}",
                "  " + string.Join(' ', run.Arguments.Select(Quoted)),
                "  env " + string.Join(' ', run.Environment.Select(Quoted)),
                .. run.UncachedEnvironment.Select(e => "  uncached " + e),
                .. run.Mounts.Select(m => "  " + Mount(m, number)),
            ],
            _ => ["scratch"],
        };

    static string Action(FileAction action, Func<Vertex, int> number) =>
        (
            action switch
            {
                CopyAction copy =>
                    $"  {copy.Instruction.ToLowerInvariant()} from {number(copy.From)} [{string.Join(' ', copy.Sources)}] to {copy.Destination}"
                        + (copy.Unpack ? " unpack" : "")
                        + (copy.KeepParents ? " parents" : "")
                        + (copy.Excludes.Count > 0 ? $" without [{string.Join(' ', copy.Excludes)}]" : ""),
                WriteAction write =>
                    $"  write {write.Destination} ({write.FileName}) {Quoted(Encoding.UTF8.GetString(write.Content.Span))}",
                MakeDirectoryAction directory => $"  mkdir {directory.Path}",
                _ => throw new InvalidOperationException(),
            }
        )
        + (action.Owner.Length > 0 ? $" owner {action.Owner}" : "")
        + (action.Mode is { } mode ? $" mode {mode}" : "");

    static string Mount(RunMount mount, Func<Vertex, int> number) =>
        mount switch
        {
            BindMount bind => $"bind {number(bind.From)}:{bind.Source} at {bind.Target}{(bind.ReadOnly ? "" : " rw")}",
            CacheMount cache =>
                $"cache {cache.Id} at {cache.Target} {cache.Sharing} {Octal(cache.Mode)} {cache.UserId}:{cache.GroupId}{(cache.ReadOnly ? " ro" : "")}{(cache.From is { } from ? $" from {number(from)}:{cache.Source}" : "")}",
            TmpfsMount tmpfs => $"tmpfs at {tmpfs.Target} size {tmpfs.Size}",
            SecretMount secret =>
                $"secret {secret.Id} at '{secret.Target}' variable '{secret.Variable}' {Octal(secret.Mode)} {secret.UserId}:{secret.GroupId}{(secret.Required ? " required" : "")}",
            SshMount ssh => $"ssh {ssh.Id} at {ssh.Target} {Octal(ssh.Mode)} {ssh.UserId}:{ssh.GroupId}{(ssh.Required ? " required" : "")}",
            _ => throw new InvalidOperationException(),
        };

    static string Octal(int mode) => Convert.ToString(mode, 8);

    static string Config(ContainerConfig c)
    {
        var lines = new List<string>();
        void Add(string name, IEnumerable<string>? values)
        {
            if (values is not null)
                lines.Add($"{name}: {string.Join(' ', values.Select(Quoted))}");
        }
        Add("env", c.Env);
        Add("entrypoint", c.Entrypoint);
        Add("cmd", c.Cmd);
        Add("ports", c.ExposedPorts?.Keys);
        Add("volumes", c.Volumes?.Keys);
        Add("labels", c.Labels?.Select(l => $"{l.Key}={l.Value}"));
        Add("onbuild", c.OnBuild);
        Add("shell", c.Shell);
        Add(
            "health",
            c.Healthcheck is { } h ? [.. h.Test!, $"{h.Interval} {h.Timeout} {h.StartPeriod} {h.StartInterval} {h.Retries}"] : null
        );
        lines.Add($"dir '{c.WorkingDir}' user '{c.User}' stop '{c.StopSignal}'");
        return string.Join('\n', lines);
    }

    static string Quoted(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny(" \n\t'\"") ? text : "'" + text.Replace("\n", "\\n").Replace("\t", "\\t") + "'";
}

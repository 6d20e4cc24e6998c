using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>Tells what a Dockerfile offers and takes, with what its comments say of it.</summary>
sealed class Outliner(Dockerfile file)
{
    public IReadOnlyList<BuildTarget> Targets() =>
        [
            .. file.Stages.Select(s =>
            {
                var (from, name) = (s.From, s.From.StageName ?? "");
                var heading = from.Heading;
                return new BuildTarget(name, s == file.Stages[^1], from.Image, Comment(from, name), heading.FirstLine, heading.LastLine);
            }),
        ];

    /// <param name="needed">The stages that the target is made of, worked through.</param>
    public BuildOutline Of(StageState target, GlobalScope globals, IReadOnlyList<StageState> needed)
    {
        var (arguments, used) = (new Dictionary<int, List<OutlineArgument>>(), new HashSet<string>());
        void Add(ArgInstruction instruction, string name, string? value)
        {
            var heading = instruction.Heading;
            if (!arguments.TryGetValue(heading.FirstLine, out var ofLine))
                arguments[heading.FirstLine] = ofLine = [];
            if (!ofLine.Exists(a => a.Name == name))
                ofLine.Add(new OutlineArgument(name, Comment(instruction, name), value, heading.FirstLine, heading.LastLine));
        }
        foreach (var stage in needed)
        {
            foreach (var text in (string?[])[stage.Stage.From.Image, stage.Stage.From.Platform])
                globals.Expander.Expand(text ?? "", n => used.Add(n) ? globals.Value(n) : globals.Value(n), []);
            foreach (var instruction in stage.Stage.Instructions.OfType<ArgInstruction>())
            foreach (var (name, own) in instruction.Arguments)
                Add(own is null ? Global(name) ?? instruction : instruction, name, stage.Arguments.GetValueOrDefault(name));
        }
        foreach (var name in used)
            if (Global(name) is { } instruction)
                Add(instruction, name, globals.Value(name));
        var from = target.Stage.From;
        return new BuildOutline(
            target.Name ?? "",
            Comment(from, target.Name ?? ""),
            [.. arguments.OrderBy(a => a.Key).SelectMany(a => a.Value)],
            Mounts(needed, "secret", m => m["id"] ?? Path.GetFileName(m["target"] ?? "")),
            Mounts(needed, "ssh", m => m["id"] ?? "default")
        );
    }

    ArgInstruction? Global(string name) => file.GlobalArguments.LastOrDefault(i => i.Arguments.Any(a => a.Name == name));

    static IReadOnlyList<OutlineMount> Mounts(IReadOnlyList<StageState> stages, string type, Func<MountOptions, string> name) =>
        [
            .. stages
                .SelectMany(s => s.Stage.Instructions.OfType<RunInstruction>())
                .SelectMany(
                    i => i.Mounts.Where(m => m.Type == type),
                    (i, m) => new OutlineMount(name(m), m["required"] == "true", i.Heading.FirstLine, i.Heading.LastLine)
                )
                .GroupBy(m => m.Name)
                .Select(g => g.First() with { IsRequired = g.Any(m => m.IsRequired) }),
        ];

    // "# NAME what it is", in the comments right above.
    string Comment(Instruction instruction, string name)
    {
        var found = "";
        for (var line = instruction.Heading.FirstLine - 2; name.Length > 0 && line >= 0; line--)
        {
            var text = file.Source.Lines[line].Trim();
            if (!text.StartsWith('#'))
                break;
            if (text[1..].TrimStart() is var comment && comment.StartsWith(name + " ", StringComparison.Ordinal))
                found = comment[(name.Length + 1)..];
        }
        return found;
    }
}

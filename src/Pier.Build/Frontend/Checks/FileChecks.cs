using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Notation;

namespace Pier.Build.Frontend.Checks;

/// <summary>Checks that the file alone answers.</summary>
static class FileChecks
{
    public static void Run(Dockerfile file, CheckReport report)
    {
        foreach (var line in file.LinesWithEmptyContinuation)
            report.Add(CheckCodes.NoEmptyContinuation, $"Empty continuation line found in: {line.Text}", line.FirstLine);
        Casing(file, report);
        var names = new HashSet<string>();
        foreach (var stage in file.Stages)
        {
            From(stage.From, names, report);
            foreach (var instruction in stage.Instructions)
                Check(instruction, stage, report);
            Multiple<CmdInstruction>(stage, report);
            Multiple<EntrypointInstruction>(stage, report);
            Multiple<HealthcheckInstruction>(stage, report);
        }
        foreach (var arg in file.GlobalArguments)
            Secrets(arg, arg.Arguments.Select(a => a.Name), report);
    }

    static void From(FromInstruction from, HashSet<string> names, CheckReport report)
    {
        if (from.WrittenAs is { } written && IsUpper(written) != IsUpper(from.Heading.WrittenWord))
            report.Add(CheckCodes.FromAsCasing, $"'{written}' and '{from.Heading.WrittenWord}' keywords' casing do not match", from);
        if (from.WrittenStageName is not { } name)
            return;
        if (name != from.StageName)
            report.Add(CheckCodes.StageNameCasing, $"Stage name '{name}' should be lowercase", from);
        if (from.StageName is "scratch" or "context")
            report.Add(
                CheckCodes.ReservedStageName,
                $"Stage name should not use the same name as reserved stage {GoQuote.Text(from.StageName)}",
                from
            );
        if (!names.Add(from.StageName!))
            report.Add(CheckCodes.DuplicateStageName, $"Duplicate stage name {GoQuote.Text(name)}, stage names should be unique", from);
    }

    static void Check(Instruction instruction, Stage stage, CheckReport report)
    {
        switch (instruction)
        {
            case CmdInstruction { Command: { IsShell: true, Words.Count: > 0 } }:
            case EntrypointInstruction { Command: { IsShell: true, Words.Count: > 0 } }:
                if (!stage.Instructions.Exists(i => i is ShellInstruction))
                    report.Add(
                        CheckCodes.JSONArgsRecommended,
                        $"JSON arguments recommended for {instruction.Word} to prevent unintended behavior related to OS signals",
                        instruction
                    );
                break;
            case MaintainerInstruction:
                report.Add(CheckCodes.MaintainerDeprecated, "Maintainer instruction is deprecated in favor of using label", instruction);
                break;
            case EnvInstruction { IsLegacyForm: true } or LabelInstruction { IsLegacyForm: true }:
                report.Add(
                    CheckCodes.LegacyKeyValueFormat,
                    $"\"{instruction.Word} key=value\" should be used instead of legacy \"{instruction.Word} key value\" format",
                    instruction
                );
                break;
            case ExposeInstruction expose:
                foreach (
                    var port in expose.Ports.Where(p =>
                        p.Split('/')[^1] is var protocol && p.Contains('/') && protocol != protocol.ToLowerInvariant()
                    )
                )
                    report.Add(
                        CheckCodes.ExposeProtoCasing,
                        $"Defined protocol '{port}' in EXPOSE instruction should be lowercase",
                        expose
                    );
                break;
        }
        if (instruction is EnvInstruction env)
            Secrets(env, env.Pairs.Select(p => p.Name), report);
        if (instruction is ArgInstruction arg)
            Secrets(arg, arg.Arguments.Select(a => a.Name), report);
    }

    static void Multiple<T>(Stage stage, CheckReport report)
        where T : Instruction
    {
        var all = stage.Instructions.OfType<T>().ToList();
        foreach (var early in all.SkipLast(1))
            report.Add(
                CheckCodes.MultipleInstructionsDisallowed,
                $"Multiple {early.Word} instructions should not be used in the same stage because only the last one will be used",
                early
            );
    }

    // The words that most of the file writes in one case should all be in that case.
    static void Casing(Dockerfile file, CheckReport report)
    {
        var all = file.GlobalArguments.Concat(file.Stages.SelectMany(s => s.Instructions.Prepend(s.From))).ToList();
        var upper = all.Count(i => IsUpper(i.Heading.WrittenWord)) >= all.Count(i => IsLower(i.Heading.WrittenWord));
        foreach (var instruction in all.Where(i => upper ? !IsUpper(i.Heading.WrittenWord) : !IsLower(i.Heading.WrittenWord)))
            report.Add(
                CheckCodes.ConsistentInstructionCasing,
                $"Command '{instruction.Heading.WrittenWord}' should match the case of the command majority ({(upper ? "uppercase" : "lowercase")})",
                instruction
            );
    }

    static void Secrets(Instruction instruction, IEnumerable<string> names, CheckReport report)
    {
        foreach (var name in names.Where(SecretNames.IsSecret))
            report.Add(
                CheckCodes.SecretsUsedInArgOrEnv,
                $"Do not use ARG or ENV instructions for sensitive data ({instruction.Word} {GoQuote.Text(name)})",
                instruction
            );
    }

    static bool IsUpper(string word) => word == word.ToUpperInvariant();

    static bool IsLower(string word) => word == word.ToLowerInvariant();
}

using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Notation;

namespace Pier.Build.Frontend.Checks;

/// <summary>Checks of instructions with their values.</summary>
static class VariableChecks
{
    /// <summary>A variable that nobody set is worth a warning; a declared argument without a value is not.</summary>
    public static void Undefined(StageState stage, Instruction instruction, IReadOnlyList<string> unset, CheckReport report)
    {
        foreach (var name in unset.Where(n => !stage.Arguments.ContainsKey(n)))
        {
            var near = Suggestions.Nearest(name, stage.Variables.Names);
            report.Add(
                CheckCodes.UndefinedVar,
                $"Usage of undefined variable '${name}'{(near is null ? "" : $" (did you mean ${near}?)")}",
                instruction
            );
        }
    }

    /// <summary>A relative directory means another place when the base image changes its own.</summary>
    public static void RelativeWorkdir(StageState stage, WorkdirInstruction instruction, string path, CheckReport report)
    {
        var before = stage.Stage.Instructions.TakeWhile(i => !ReferenceEquals(i, instruction));
        if (!path.StartsWith('/') && stage.BaseImage is not null && stage.Parent is null && !before.Any(i => i is WorkdirInstruction))
            report.Add(
                CheckCodes.WorkdirRelativePath,
                $"Relative workdir {GoQuote.Text(path)} can have unexpected results if the base image changes",
                instruction
            );
    }
}

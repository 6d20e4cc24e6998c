namespace Pier.Build.Dockerfiles.Instructions;

/// <summary>One instruction as it is written: flags and arguments are parted, nothing is expanded yet.</summary>
public abstract record Instruction
{
    public required Heading Heading { get; init; }

    /// <summary>The instruction's word in upper case: "RUN".</summary>
    public string Word => Heading.Word;
}

/// <summary>What every instruction has.</summary>
/// <param name="Word">In upper case.</param>
/// <param name="WrittenWord">As it is written.</param>
/// <param name="Text">The instruction in one line.</param>
/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Here-documents included.</param>
public sealed record Heading(string Word, string WrittenWord, string Text, int FirstLine, int LastLine);

/// <summary>NAME=value of ENV, LABEL and ARG.</summary>
public sealed record Pair(string Name, string Value);

/// <summary>ARG's: the value is null where there is no default.</summary>
public sealed record Declaration(string Name, string? Default);

/// <summary>A command: a line for the shell, or the words in JSON.</summary>
public sealed record CommandForm(IReadOnlyList<string> Words, bool IsShell)
{
    /// <summary>The command's words; in the shell's form the shell comes first.</summary>
    public string[] With(IReadOnlyList<string> shell) => IsShell ? [.. shell, string.Join(' ', Words)] : [.. Words];
}

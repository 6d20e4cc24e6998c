using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Lines;

namespace Pier.Build.Dockerfiles.Parsing;

/// <summary>One logical line to one instruction. Throws <see cref="InstructionException"/> with Docker's texts.</summary>
static partial class InstructionParser
{
    /// <summary>Every instruction's word.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];

    public static Instruction Parse(LogicalLine line, char escape)
    {
        var word = line.Word.ToUpperInvariant();
        if (!Words.Contains(word))
            throw new InstructionException($"unknown instruction: {line.Word}{Suggestions.For(word, Words)}", line.Word);
        var (flags, rest) = FlagWords.Take(line.Rest, escape);
        return Parse(new Request(line, new Heading(word, line.Word, line.Text, line.FirstLine, line.LastLine), flags, rest, escape));
    }

    /// <summary>An instruction's parts on their way into a record.</summary>
    readonly record struct Request(LogicalLine Line, Heading Heading, List<string> Flags, string Rest, char Escape)
    {
        public string Word => Heading.Word;

        public FlagSet Known(params string[] flags) => new(Flags, flags);

        public string OnlyArgument() => Rest.Length > 0 ? Rest : throw new InstructionException($"{Word} requires exactly one argument");

        public string SomeArgument() => Rest.Length > 0 ? Rest : throw new InstructionException($"{Word} requires at least one argument");
    }

    static Instruction Parse(Request request) =>
        request.Word switch
        {
            "FROM" => From(request),
            "RUN" => Run(request),
            "COPY" or "ADD" => Copy(request),
            "HEALTHCHECK" => Healthcheck(request),
            "ARG" => Arg(request),
            "ONBUILD" => Onbuild(request),
            _ => Plain(request),
        };

    // Instructions that have no flags.
    static Instruction Plain(Request request)
    {
        request.Known();
        return request.Word switch
        {
            "CMD" => new CmdInstruction { Heading = request.Heading, Command = Command(request.Rest) },
            "ENTRYPOINT" => new EntrypointInstruction { Heading = request.Heading, Command = Command(request.Rest) },
            "SHELL" => new ShellInstruction { Heading = request.Heading, Shell = Shell(request) },
            "ENV" or "LABEL" => Pairs(request),
            "MAINTAINER" => new MaintainerInstruction { Heading = request.Heading, Name = request.OnlyArgument() },
            "EXPOSE" => new ExposeInstruction { Heading = request.Heading, Ports = RawWords.AtBlanks(request.SomeArgument()) },
            "VOLUME" => new VolumeInstruction { Heading = request.Heading, Paths = Volumes(request) },
            "USER" => new UserInstruction { Heading = request.Heading, User = request.OnlyArgument() },
            "WORKDIR" => new WorkdirInstruction { Heading = request.Heading, Path = request.OnlyArgument() },
            "STOPSIGNAL" => new StopSignalInstruction { Heading = request.Heading, Signal = request.OnlyArgument() },
            var word => throw new InstructionException($"unknown instruction: {word}"),
        };
    }

    static Instruction Pairs(Request request)
    {
        var (pairs, legacy) = RawWords.Pairs(request.Word, request.Rest, request.Escape);
        return request.Word == "ENV"
            ? new EnvInstruction
            {
                Heading = request.Heading,
                Pairs = pairs,
                IsLegacyForm = legacy,
            }
            : new LabelInstruction
            {
                Heading = request.Heading,
                Pairs = pairs,
                IsLegacyForm = legacy,
            };
    }

    static CommandForm Command(string text) =>
        JsonForm.Parse(text) is { } words ? new CommandForm(words, false) : new CommandForm(text.Length == 0 ? [] : [text], true);

    static IReadOnlyList<string> Shell(Request request) =>
        JsonForm.Parse(request.SomeArgument()) switch
        {
            null => throw new InstructionException("SHELL requires the arguments to be in JSON form", request.Rest),
            [] => throw new InstructionException("SHELL requires at least one argument"),
            var words => words,
        };

    static IReadOnlyList<string> Volumes(Request request)
    {
        var paths = JsonForm.Parse(request.SomeArgument()) ?? RawWords.AtBlanks(request.Rest);
        if (paths.Count == 0)
            throw new InstructionException("VOLUME requires at least one argument");
        return paths.All(p => p.Trim().Length > 0)
            ? [.. paths.Select(p => p.Trim())]
            : throw new InstructionException("VOLUME specified can not be an empty string");
    }

    static ArgInstruction Arg(Request request)
    {
        request.Known();
        var words = RawWords.Quoted(request.SomeArgument(), request.Escape);
        return new ArgInstruction { Heading = request.Heading, Arguments = [.. words.Select(Declaration)] };
    }

    static Declaration Declaration(string word) =>
        word.IndexOf('=') switch
        {
            0 => throw new InstructionException("ARG names can not be blank", word),
            < 0 => new Declaration(word, null),
            var at => new Declaration(word[..at], word[(at + 1)..]),
        };

    static OnbuildInstruction Onbuild(Request request)
    {
        request.Known();
        // What follows is kept as it is written, flags and all.
        var trigger = request.Line.Rest;
        if (trigger.Length == 0)
            throw new InstructionException("ONBUILD requires at least one argument");
        var line = request.Line with { Text = trigger };
        var word = line.Word.ToUpperInvariant();
        if (word == "ONBUILD")
            throw new InstructionException("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        if (word is "MAINTAINER" or "FROM")
            throw new InstructionException($"{word} isn't allowed as an ONBUILD trigger", line.Word);
        Parse(line, request.Escape);
        var documents = string.Concat(line.Heredocs.Select(h => $"\n{h.Body}{h.Name}"));
        return new OnbuildInstruction { Heading = request.Heading, Trigger = trigger + documents };
    }
}

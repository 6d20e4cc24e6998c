using System.Globalization;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Notation;

namespace Pier.Build.Dockerfiles.Parsing;

static partial class InstructionParser
{
    const long Millisecond = 1_000_000;

    static HealthcheckInstruction Healthcheck(Request request)
    {
        var flags = request.Known("interval=", "timeout=", "start-period=", "start-interval=", "retries=");
        var text = request.SomeArgument();
        var at = text.AsSpan().IndexOfAny(" \t\v\f\r");
        var (type, rest) = at < 0 ? (text, "") : (text[..at], text[at..].Trim());
        switch (type.ToUpperInvariant())
        {
            case "NONE" when rest.Length > 0:
                throw new InstructionException("HEALTHCHECK NONE takes no arguments", rest);
            case "NONE":
                return new HealthcheckInstruction { Heading = request.Heading };
            case not "CMD":
                throw new InstructionException($"Unknown type {GoQuote.Text(type.ToUpperInvariant())} in HEALTHCHECK (try CMD)", type);
        }
        var command = Command(rest);
        if (command.Words.Count == 0)
            throw new InstructionException("Missing command after HEALTHCHECK CMD");
        return new HealthcheckInstruction
        {
            Heading = request.Heading,
            Command = command,
            Interval = Time(flags, "interval"),
            Timeout = Time(flags, "timeout"),
            StartPeriod = Time(flags, "start-period"),
            StartInterval = Time(flags, "start-interval"),
            Retries = Retries(flags.Text("retries")),
        };
    }

    // Less than what the clock of health checks knows is a mistake; zero means the default.
    static long Time(FlagSet flags, string name)
    {
        if (flags.Text(name) is not { Length: > 0 } text)
            return 0;
        if (GoDuration.Error(text, out var nanoseconds) is { } error)
            throw new InstructionException(error, text);
        return nanoseconds is 0 or >= Millisecond
            ? nanoseconds
            : throw new InstructionException($"Interval \"{name}\" cannot be less than 1ms", text);
    }

    static int Retries(string? text)
    {
        if (text is null or "")
            return 0;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retries))
            throw new InstructionException($"strconv.ParseInt: parsing {GoQuote.Text(text)}: invalid syntax", text);
        return retries >= 0 ? retries : throw new InstructionException($"--retries cannot be negative ({retries})", text);
    }
}

using System.Text;

namespace Pier.Cli.CommandLines;

/// <summary>Asks before something is lost.</summary>
static class Confirmation
{
    /// <summary>How Docker's questions end.</summary>
    public const string Sure = "Are you sure you want to continue? [y/N] ";

    public static bool Ask(Invocation call, string question)
    {
        call.Out.Write(question);
        call.Out.Flush();
        var answer = new StringBuilder();
        Span<byte> key = stackalloc byte[1];
        while (call.Environment.Input.Read(key) == 1 && key[0] != '\n')
            answer.Append((char)key[0]);
        return answer.ToString().Trim().ToLowerInvariant() is "y" or "yes";
    }
}

using System.Globalization;

namespace Pier.Daemon;

/// <summary>The daemon's own log on stderr, a line an entry in logfmt, as dockerd writes it.</summary>
sealed class DaemonLog(string level)
{
    static readonly string[] Levels = ["debug", "info", "warn", "error", "fatal"];
    volatile int _least = Array.IndexOf(Levels, level);
    readonly Lock _lock = new();

    /// <summary>The least that is written.</summary>
    public string Level
    {
        get => Levels[_least];
        set => _least = Array.IndexOf(Levels, value);
    }

    public void Debug(string message) => Write("debug", message);

    public void Info(string message) => Write("info", message);

    public void Warn(string message) => Write("warn", message);

    public void Error(string message) => Write("error", message);

    void Write(string name, string message)
    {
        if (Array.IndexOf(Levels, name) < _least)
            return;
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        // Messages can hold what users and containers wrote: quoted, so that no line can be forged and no terminal driven.
        var quoted =
            "\""
            + string.Concat(
                message.Select(c =>
                    c switch
                    {
                        '"' => "\\\"",
                        '\\' => "\\\\",
                        '\n' => "\\n",
                        _ when char.IsControl(c) => $"\\u{(int)c:x4}",
                        _ => c.ToString(),
                    }
                )
            )
            + "\"";
        lock (_lock)
            Console.Error.WriteLine($"time=\"{time}\" level={name} msg={quoted}");
    }
}

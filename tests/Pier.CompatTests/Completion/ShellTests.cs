using System.Diagnostics;

namespace Pier.CompatTests.Completion;

/// <summary>The completion scripts in real shells at a terminal: tabs are typed, and what the line has become is printed.</summary>
public sealed class ShellTests(ShellScene scene) : IClassFixture<ShellScene>
{
    const string Tab = "\t",
        StartOfLine = "\u0001";

    /// <summary>How each shell starts without anybody's settings, and loads a script.</summary>
    static readonly Dictionary<string, (string Start, string Load)> Shells = new()
    {
        ["bash"] = ("bash --norc --noprofile -i", "source <(pier completion bash)"),
        ["zsh"] = ("zsh -f -i", "autoload -U compinit; compinit -u -D; source <(pier completion zsh)"),
        ["fish"] = ("fish --no-config -i", "pier completion fish | source"),
    };

    public static TheoryData<string, string, string> Lines
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var shell in Shells.Keys)
            {
                data.Add(shell, $"pier vol{Tab}insp{Tab}", "pier volume inspect");
                data.Add(shell, $"pier start shell-c{Tab}", "pier start shell-created");
                data.Add(
                    shell,
                    $"pier run --read{Tab}--network=non{Tab}busybox:la{Tab}",
                    "pier run --read-only --network=none busybox:latest"
                );
                data.Add(shell, $"pier run --restart=unl{Tab}", "pier run --restart=unless-stopped");
                data.Add(shell, $"pier ps --filter stat{Tab}", "pier ps --filter status=");
                data.Add(shell, $"pier load -i ./some-{Tab}", "pier load -i ./some-file.tar");
            }
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Lines))]
    public async Task Tabs_complete_the_line(string shell, string typed, string expected)
    {
        Skip.If(!IsThere(shell), $"{shell} is not installed");
        Assert.Contains("+" + expected, await TypeAsync(shell, scene.Daemon.Host, typed));
    }

    [SkippableTheory, InlineData("bash"), InlineData("zsh"), InlineData("fish")]
    public async Task Without_a_daemon_there_is_no_noise(string shell)
    {
        Skip.If(!IsThere(shell), $"{shell} is not installed");
        var screen = await TypeAsync(shell, "unix:///nosuch/socket", $"pier start sh{Tab}");
        Assert.Contains("+pier start sh", screen);
        Assert.DoesNotContain("Cannot connect", screen);
    }

    async Task<string> TypeAsync(string shell, string host, string typed)
    {
        var start = new ProcessStartInfo();
        start.Environment["PATH"] = scene.Programs + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = scene.Work;
        start.Environment["TERM"] = "xterm";
        start.Environment["PIER_HOST"] = host;
        var (program, load) = Shells[shell];
        var run = await TerminalSession.RunAsync(
            start,
            $"stty rows 40 cols 200; cd {scene.Work}; exec {program}",
            // The quotes keep what is waited for out of the echo. A line that stands behind "echo" is printed as it has become.
            [("#", $"{load}; echo LOAD\"\"ED\n"), ("LOADED", $"{typed}{StartOfLine}echo +\n"), ("#", "exit\n")]
        );
        return run.Screen;
    }

    static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));
}

using System.Text;

namespace Pier.CompatTests;

/// <summary>pier build over a session of its own, against Pier.</summary>
public sealed class SessionBuildTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _context = Directory
        .CreateDirectory(Path.Combine(daemon.Directory, "context-" + Guid.NewGuid().ToString("N")[..8]))
        .FullName;

    [Fact]
    public async Task Secrets_reach_their_step()
    {
        Write(
            "Dockerfile",
            "FROM busybox\nRUN --mount=type=secret,id=file cat /run/secrets/file | tr a-z A-Z\nRUN --mount=type=secret,id=word,env=WORD echo \"$WORD\" | rev\n"
        );
        Write("key", "open sesame");
        var built = await Build("--progress=plain", "--secret", $"id=file,src={_context}/key", "--secret", "id=word,env=A_WORD", _context);
        Assert.Contains("OPEN SESAME", built.Error);
        Assert.Contains("dlrow", built.Error);
    }

    [Fact]
    public async Task Results_come_to_the_client()
    {
        Write("Dockerfile", "FROM scratch\nCOPY data /\n");
        for (var i = 0; i < 100; i++)
            Write($"data/sub/{i}", new string('x', 3000));
        var target = Path.Combine(_context, "target");
        await Build("-o", target, _context);
        Assert.Equal(100, Directory.GetFiles(Path.Combine(target, "sub")).Length);
        await Build("--output", $"type=tar,dest={target}.tar", _context);
        Assert.Contains("sub/99", (await Commands.RunAsync("tar", "tf", target + ".tar")).Out);
        var id = Path.Combine(_context, "id");
        await Build("--progress=plain", "--iidfile", id, "-t", "by-session", _context);
        Assert.Equal(
            File.ReadAllText(id),
            (await new Client("pier", daemon).RunAsync("image", "inspect", "-f", "{{.Id}}", "by-session")).Out.Trim()
        );
    }

    [Fact]
    public async Task Errors_and_their_output_are_told()
    {
        Write("Dockerfile", "FROM busybox\nRUN echo last words; exit 7\n");
        var failed = await Build(null, 1, "--progress=plain", _context);
        Assert.Contains("last words", failed.Error);
        Assert.Contains(
            "failed to solve: process \"/bin/sh -c echo last words; exit 7\" did not complete successfully: exit code: 7",
            failed.Error
        );
        Assert.Contains("no such file", (await Build(null, 1, "--progress=plain", "--secret", "id=x,src=/missing", _context)).Error);
    }

    [Fact]
    public async Task A_Dockerfile_comes_from_standard_input_and_an_ignored_file_stays()
    {
        Write(".dockerignore", "hidden\n");
        Write("hidden", "h");
        Write("shown", "s");
        var built = await Build(
            Encoding.ASCII.GetBytes("FROM busybox\nCOPY . /all\nRUN ls /all\n"),
            0,
            "--progress=plain",
            "-f",
            "-",
            _context
        );
        Assert.Contains("shown", built.Error);
        Assert.DoesNotContain("hidden", built.Error);
    }

    [Fact]
    public async Task A_terminal_shows_the_steps_in_place()
    {
        Write("Dockerfile", "FROM busybox\nRUN echo on screen\n");
        var (code, screen) = await new Client("pier", daemon).OnTerminalAsync($"build --progress=tty --no-cache {_context}");
        Assert.Equal(0, code);
        Assert.Contains("[+] Building", screen);
        Assert.Contains(" => [2/2] RUN echo on screen", screen);
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(_context, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    Task<CommandResult> Build(params string[] arguments) => Build(null, 0, arguments);

    async Task<CommandResult> Build(byte[]? input, int code, params string[] arguments)
    {
        var start = new Client("pier", daemon).Start(["build", .. arguments]);
        start.Environment["A_WORD"] = "world";
        var result = await Commands.RunAsync(start, input);
        Assert.True(code == result.Code, result.Out + result.Error + daemon.Log);
        return result;
    }
}

namespace Pier.CompatTests.Compose;

/// <summary>What compose makes of containers that end, fail, or are to follow the files that they were built from.</summary>
public sealed class CourseTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string Ends = """
        services:
          lasting: {image: busybox, network_mode: none, stop_grace_period: 1s, command: "sh -c 'trap \"echo told; exit 5\" TERM; while :; do sleep 0.05; done'"}
          ending: {image: busybox, network_mode: none, command: "sh -c 'sleep 0.5; echo done; exit 3'", depends_on: [lasting]}
          sick: {image: busybox, network_mode: none, stop_grace_period: 0s, command: sleep 1000, healthcheck: {test: "false", interval: 100ms, retries: 2}}
          waiting: {image: busybox, network_mode: none, command: "true", depends_on: {sick: {condition: service_healthy}}}
          after: {image: busybox, network_mode: none, command: "true", depends_on: {ending: {condition: service_completed_successfully}}}
          absent: {image: busybox, network_mode: none, command: no-such-program}
        """;

    const string Watched = """
        services:
          app:
            build: src
            network_mode: none
            command: sleep 1000
            stop_grace_period: 0s
            develop:
              watch:
                - {action: sync, path: src/pages, target: /pages}
                - {action: sync+restart, path: src/settings, target: /settings}
                - {action: rebuild, path: src/program}
        """;

    [SkippableFact]
    public async Task Ends_and_failures_are_told_as_they_are()
    {
        await using var project = new ComposeProject(daemon, "course", Ends);
        var run = await project.RunAsync("up", "--abort-on-container-exit", "lasting", "ending");
        Assert.Equal(3, run.Code);
        Assert.Contains("ending-1   | done\n", run.Out);
        Assert.Contains("ending-1 exited with code 3", run.Out);
        Assert.Equal(5, (await project.RunAsync("up", "--exit-code-from", "lasting", "lasting", "ending")).Code);

        run = await project.RunAsync("up", "-d", "waiting");
        Assert.Contains("container course-sick-1 is unhealthy", run.Error);
        run = await project.RunAsync("up", "-d", "after");
        Assert.Contains("service \"ending\" didn't complete successfully: exit 3", run.Error);
        run = await project.RunAsync("up", "-d", "absent");
        Assert.Contains("exec: \"no-such-program\": executable file not found in $PATH", run.Error);
        Assert.Equal(9, (await project.RunAsync("run", "--rm", "-T", "--no-deps", "ending", "sh", "-c", "exit 9")).Code);
        Assert.Equal(1, (await project.RunAsync("up", "-d", "--wait", "sick")).Code);
    }

    [SkippableFact]
    public async Task A_watched_service_follows_its_files()
    {
        await using var project = new ComposeProject(daemon, "watched", Watched);
        var folder = project.Folder.Add("src/Dockerfile", "FROM busybox\nCOPY . /\n");
        foreach (var part in (string[])["pages", "settings", "program"])
            folder.Add($"src/{part}/file", "1\n");
        await project.DoesAsync("up", "-d", "--build");
        var first = await project.ContainersAsync();
        var said = await project.WhileAsync(
            ["watch", "--no-up"],
            async () =>
            {
                // Who is not watching yet misses a change: it is made until it is seen.
                for (var i = 2; (await project.RunAsync("exec", "-T", "app", "cat", "/pages/file")).Out == "1\n" && i < 100; i++)
                    folder.Add("src/pages/file", $"{i}\n");
                folder.Add("src/pages/file", "last\n").Add("src/pages/new/file", "new\n");
                await project.SaysAsync("app", "last\nnew\n", "cat", "/pages/file", "/pages/new/file");
                Directory.Delete(Path.Combine(folder.Path, "src/pages/new"), recursive: true);
                await project.SaysAsync("app", "file\n", "ls", "/pages");
                Assert.Equal(first, await project.ContainersAsync());

                folder.Add("src/settings/file", "2\n");
                await project.SaysAsync("app", "2\n", "cat", "/settings/file");
                var restarted = await ComposeProject.UntilAsync(project.ContainersAsync, now => now != first);
                Assert.Equal(first.Split(' ')[1], restarted.Split(' ')[1]);

                folder.Add("src/program/file", "2\n");
                await project.SaysAsync("app", "2\n", "cat", "/program/file");
                Assert.NotEqual(restarted.Split(' ')[1], (await project.ContainersAsync()).Split(' ')[1]);
            }
        );
        Assert.DoesNotContain("rror", said);
    }
}

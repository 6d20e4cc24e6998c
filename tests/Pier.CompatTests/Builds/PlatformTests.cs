using System.Text.Json.Nodes;

namespace Pier.CompatTests.Builds;

/// <summary>One build for several platforms: an index of images, a folder each, and what the kernel cannot run.</summary>
public sealed class PlatformTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    const string Both = "linux/amd64,linux/arm64";

    readonly BuildFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Several_platforms_make_an_index_and_a_stage_for_the_builder_runs_once()
    {
        _folder
            .Add("file", "text")
            .Dockerfile(
                """
                FROM --platform=$BUILDPLATFORM busybox AS tools
                RUN head -c 16 /dev/urandom | od -x > /random
                FROM --platform=$BUILDPLATFORM tools AS build
                ARG TARGETPLATFORM BUILDPLATFORM TARGETARCH
                RUN cp /random /out; echo "$TARGETPLATFORM on $BUILDPLATFORM $TARGETARCH" >> /out
                FROM scratch
                COPY --from=build /out /
                COPY file /

                """
            );
        await using var registry = await RegistryProcess.StartAsync();
        var name = $"{registry.Address}/several:1";
        var built = await Build("--no-cache", "--platform", Both, "-t", name, "-o", "type=image,push=true", _folder.Path);
        Assert.Equal(
            1,
            built
                .Split('\n')
                .Count(l =>
                    l.EndsWith("RUN head -c 16 /dev/urandom | od -x > /random", StringComparison.Ordinal)
                    && l.Contains("tools", StringComparison.Ordinal)
                )
        );
        Assert.Contains("[linux/arm64 ", built);

        // What was pushed, and what is here.
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{registry.Address}/v2/several/manifests/1");
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.index.v1+json");
        using var answer = await http.SendAsync(request);
        var index = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(["amd64", "arm64"], index["manifests"]!.AsArray().Select(m => (string)m!["platform"]!["architecture"]!));
        Assert.Equal("amd64", (await Run("image", "inspect", "-f", "{{.Architecture}}", name)).Trim());
        Assert.Equal("arm64", (await Run("image", "inspect", "--platform", "linux/arm64", "-f", "{{.Architecture}}", name)).Trim());

        // A folder each.
        var target = Path.Combine(daemon.Directory, "local-" + Guid.NewGuid().ToString("N"));
        await Build("--platform", Both, "-o", target, _folder.Path);
        var (one, other) = (File.ReadAllLines(target + "/linux_amd64/out"), File.ReadAllLines(target + "/linux_arm64/out"));
        Assert.Equal("linux/amd64 on linux/amd64 amd64", one[^1]);
        Assert.Equal("linux/arm64 on linux/amd64 arm64", other[^1]);
        Assert.Equal(one[0], other[0]);
        await Build("--platform", Both, "-o", $"type=tar,dest={target}.tar", _folder.Path);
        Assert.Equal(
            "linux_amd64/\nlinux_amd64/file\nlinux_amd64/out\nlinux_arm64/\nlinux_arm64/file\nlinux_arm64/out\n",
            (await Commands.RunAsync("tar", "tf", target + ".tar")).Out
        );

        // One archive for all; docker's own kind knows one platform alone.
        await Build("--platform", Both, "-t", "several", "-o", $"type=oci,dest={target}.oci", _folder.Path);
        await Run("image", "rm", "-f", name);
        await Run("load", "-i", target + ".oci");
        Assert.Equal("arm64", (await Run("image", "inspect", "--platform", "linux/arm64", "-f", "{{.Architecture}}", "several")).Trim());
        Assert.Contains("manifest lists", await Fails("--platform", Both, "-o", $"type=docker,dest={target}.docker", _folder.Path));

        // What stands on it takes the platform that it is for.
        _folder.Dockerfile("FROM several AS base\nFROM scratch\nCOPY --from=base /out /again\n");
        await Build("--platform", Both, "-o", target, _folder.Path);
        Assert.Equal(other, File.ReadAllLines(target + "/linux_arm64/again"));
        Assert.Equal(one, File.ReadAllLines(target + "/linux_amd64/again"));
    }

    [Fact]
    public async Task A_base_image_comes_for_each_platform_from_the_registry()
    {
        await using var registry = await RegistryProcess.StartAsync();
        var name = $"{registry.Address}/base:1";
        _folder.Dockerfile("FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /which\n").Add("amd64", "amd").Add("arm64", "arm");
        await Build("--platform", Both, "-t", name, "-o", "type=image,push=true", _folder.Path);
        await Run("image", "rm", "-f", name);
        await Run("builder", "prune", "-af");
        _folder.Dockerfile($"FROM {name}\nCOPY amd64 /more\n");
        var target = Path.Combine(daemon.Directory, "pulled-" + Guid.NewGuid().ToString("N"));
        await Build("--platform", Both, "-o", target, _folder.Path);
        Assert.Equal("amd", File.ReadAllText(target + "/linux_amd64/which"));
        Assert.Equal("arm", File.ReadAllText(target + "/linux_arm64/which"));
        await Build("--platform", "linux/arm64", "-t", "foreign", _folder.Path);
        Assert.Equal("arm64", (await Run("image", "inspect", "-f", "{{.Architecture}}", "foreign")).Trim());
    }

    [SkippableFact]
    public async Task What_the_kernel_cannot_run_is_told_with_platform_and_remedy()
    {
        Skip.If(
            Directory.Exists("/proc/sys/fs/binfmt_misc")
                && Directory.GetFiles("/proc/sys/fs/binfmt_misc").Any(f => f.EndsWith("aarch64", StringComparison.Ordinal)),
            "this kernel runs arm64 programs"
        );
        // The head of an ELF program for arm64 (e_machine 183) is all that execve looks at.
        var shell = new byte[120];
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(shell);
        (shell[16], shell[18], shell[20], shell[32], shell[52], shell[54], shell[56]) = (2, 183, 1, 64, 64, 56, 1);
        File.WriteAllBytes(Path.Combine(_folder.Path, "sh"), shell);
        _folder.Dockerfile("FROM scratch\nCOPY --chmod=755 sh /bin/sh\nRUN true\n");
        var failed = await Fails("--platform", "linux/arm64", _folder.Path);
        Assert.Contains("this step is for linux/arm64", failed);
        Assert.Contains("binfmt_misc", failed);
        Leftovers.None(daemon);
    }

    [Theory]
    [InlineData("FROM busybox\nCOPY file /\nRUN echo last words; \\\n    exit 7\nRUN never\n", "exit code: 7", "Dockerfile:3", 3, 4)]
    [InlineData("FROM busybox\n\nRUNN true\nCOPY file /\n", "unknown instruction: RUNN", "Dockerfile:3", 3, 3)]
    [InlineData("FROM busybox\nCOPY file /\nCOPY nothing /\n", "nothing", "Dockerfile:3", 3, 3)]
    [InlineData("FROM busybox\nCOPY --chmod=abc file /\n", "invalid chmod parameter", "Dockerfile:2", 2, 2)]
    public async Task Errors_show_the_lines_that_are_meant(string dockerfile, string message, string place, int first, int last)
    {
        _folder.Add("file", "text").Dockerfile(dockerfile);
        var failed = await Fails(_folder.Path);
        Assert.Contains(message, failed);
        Assert.Contains(place + "\n--------------------\n", failed);
        var lines = dockerfile.TrimEnd('\n').Split('\n');
        Assert.Equal(
            Enumerable.Range(first, last - first + 1).Select(i => $" {i, 3} | >>> {lines[i - 1]}"),
            failed.Split('\n').Where(l => l.Contains("| >>>", StringComparison.Ordinal))
        );
    }

    async Task<string> Build(params string[] arguments)
    {
        var build = await new Client("pier", daemon).RunAsync(["build", "--progress=plain", .. arguments]);
        Assert.True(build.Code == 0, build.Out + build.Error + daemon.Log);
        return build.Error;
    }

    async Task<string> Fails(params string[] arguments)
    {
        var build = await new Client("pier", daemon).RunAsync(["build", "--progress=plain", .. arguments]);
        Assert.True(build.Code != 0, build.Out + build.Error);
        return build.Error;
    }

    async Task<string> Run(params string[] arguments)
    {
        var result = await new Client("pier", daemon).RunAsync(arguments);
        Assert.True(result.Code == 0, string.Join(' ', arguments) + ": " + result.Error + daemon.Log);
        return result.Out;
    }
}

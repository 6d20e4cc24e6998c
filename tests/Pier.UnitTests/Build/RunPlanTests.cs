using System.Text;
using Pier.Build.Graph;

namespace Pier.UnitTests.Build;

/// <summary>What RUN means: mounts, processes, scripts.</summary>
public class RunPlanTests
{
    static RunStep Run(string text) => Assert.IsType<RunStep>(Planning.Of(text).Root);

    [Fact]
    public void Mounts_of_every_kind()
    {
        var run = Run(
            """
            FROM b
            WORKDIR /w
            ARG ID=cache1
            RUN --mount=target=t --mount=type=bind,src=a,dst=/b,rw,from=i --mount=type=cache,id=$ID,target=/c,sharing=locked,mode=0700,uid=1,gid=2,from=i,source=/s,ro \
                --mount=type=cache,target=/d/ --mount=type=tmpfs,target=/t,size=2g --mount=type=secret,id=x --mount=type=secret,target=/s/y,required,mode=0444 \
                --mount=type=secret,id=z,env=Z --mount=type=ssh --mount=type=ssh,id=two,required=true true
            """
        );
        Assert.Equal(
            [
                "bind / /w/t True",
                "bind /a /b False",
                "cache cache1 /c Locked 448 1 2 True",
                "cache /d /d Shared 493 0 0 False",
                "tmpfs /t 2147483648",
                "secret x /run/secrets/x  False 256",
                "secret y /s/y  True 292",
                "secret z  Z False 256",
                "ssh default /run/buildkit/ssh_agent.0 False",
                "ssh two /run/buildkit/ssh_agent.1 True",
            ],
            run.Mounts.Select(m =>
                m switch
                {
                    BindMount b => $"bind {b.Source} {b.Target} {b.ReadOnly}",
                    CacheMount c => $"cache {c.Id} {c.Target} {c.Sharing} {c.Mode} {c.UserId} {c.GroupId} {c.ReadOnly}",
                    TmpfsMount t => $"tmpfs {t.Target} {t.Size}",
                    SecretMount s => $"secret {s.Id} {s.Target} {s.Variable} {s.Required} {s.Mode}",
                    SshMount s => $"ssh {s.Id} {s.Target} {s.Required}",
                    _ => "",
                }
            )
        );
        Assert.Contains("SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0", run.Environment);
        Assert.Single(run.Inputs.OfType<ImageSource>().Where(i => i.Reference.EndsWith("i:latest", StringComparison.Ordinal)).Distinct());
    }

    [Theory]
    [InlineData("RUN a \\\n b", "/bin/sh|-c|a  b")]
    [InlineData("RUN a \\\n# comment\n  # another\n b", "/bin/sh|-c|a  b")]
    [InlineData("RUN a \\\n\n b", "/bin/sh|-c|a  b")]
    [InlineData("RUN [\"a\", \"$b\"]", "a|$b")]
    [InlineData("RUN echo it's", "/bin/sh|-c|echo it's")]
    [InlineData("RUN a # b", "/bin/sh|-c|a # b")]
    [InlineData("RUN a \\\\\nRUN c", "/bin/sh|-c|c")]
    [InlineData("RUN <<EOF\na\n  b\nEOF", "/bin/sh|-c|a\n  b\n")]
    [InlineData("RUN <<-EOF\n\ta\n\t  b\n\tEOF", "/bin/sh|-c|a\n  b\n")]
    [InlineData("RUN <<'E F'\n$a\nE F", "/bin/sh|-c|$a\n")]
    [InlineData("RUN cat <<A > f && cat 3<<-B\na\nA\n\tb\n\tB", "/bin/sh|-c|cat <<A > f && cat 3<<-B\na\nA\n\tb\nB")]
    [InlineData("RUN a << b", "/bin/sh|-c|a << b")]
    [InlineData("RUN echo $((1<<2))", "/bin/sh|-c|echo $((1<<2))")]
    [InlineData("RUN --network=none --security=insecure a", "/bin/sh|-c|a")]
    public void Processes(string lines, string expected) => Assert.Equal(expected, string.Join('|', Run("FROM b\n" + lines).Arguments));

    [Fact]
    public void A_script_in_a_here_document_is_a_file_of_its_own()
    {
        var run = Run("FROM b\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF");
        Assert.Equal(["/bin/sh", "-c", "/dev/pipes/EOF"], run.Arguments);
        var write = Assert.IsType<WriteAction>(Assert.Single(((FileStep)Assert.IsType<BindMount>(Assert.Single(run.Mounts)).From).Actions));
        Assert.Equal(
            ("#!/usr/bin/env python3\nprint(1)\n", "0755", "/EOF"),
            (Encoding.UTF8.GetString(write.Content.Span), write.Mode, write.Destination)
        );
    }
}

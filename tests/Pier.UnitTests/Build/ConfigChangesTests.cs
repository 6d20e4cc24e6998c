using Pier.Build.Frontend;
using Pier.Model;

namespace Pier.UnitTests.Build;

public class ConfigChangesTests
{
    [Fact]
    public void Instructions_change_what_they_name()
    {
        var config = ConfigChanges.Apply(
            new ContainerConfig { Env = ["A=0", "KEEP=1"], WorkingDir = "/srv" },
            [
                "env A=1 B=\"x y\" C=z\\ z",
                "ENV OLD the whole rest",
                "EXPOSE 80 90-92/udp",
                "LABEL a=b 'c d'=e",
                "ONBUILD RUN x",
                "STOPSIGNAL SIGINT",
                "USER me:us",
                "VOLUME [\"/a\",\"/b c\"]",
                "WORKDIR sub",
                "ENTRYPOINT [\"/e\",\"-x\"]",
                "CMD echo $HOME",
                "ENV PATH=/opt/$KEEP:$A",
                "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD curl localhost",
            ]
        );
        Assert.Equal(["A=1", "KEEP=1", "B=x y", "C=z z", "OLD=the whole rest", "PATH=/opt/1:1"], config.Env!);
        Assert.Equal(["80/tcp", "90/udp", "91/udp", "92/udp"], config.ExposedPorts!.Keys);
        Assert.Equal("e", config.Labels!["c d"]);
        Assert.Equal(["RUN x"], config.OnBuild!);
        Assert.Equal(("SIGINT", "me:us", "/srv/sub"), (config.StopSignal, config.User, config.WorkingDir));
        Assert.Equal(["/a", "/b c"], config.Volumes!.Keys);
        Assert.Equal(["/bin/sh", "-c", "echo $HOME"], config.Cmd!);
        Assert.Equal(["/e", "-x"], config.Entrypoint!);
        Assert.Equal(
            (90_000_000_000, 500_000_000, 3),
            (config.Healthcheck!.Interval, config.Healthcheck.Timeout, config.Healthcheck.Retries)
        );
        Assert.Equal(["CMD-SHELL", "curl localhost"], config.Healthcheck.Test!);
    }

    [Theory]
    [InlineData("RUN x", "RUN is not a valid change command")]
    [InlineData("ODD x", "ODD is not a valid change command")]
    [InlineData("FROM scratch", "FROM is not a valid change command")]
    [InlineData("ENV A", "ENV must have two arguments")]
    [InlineData("ENV A=1 B", "Syntax error - can't find = in \"B\". Must be of the form: name=value")]
    [InlineData("EXPOSE x", "invalid containerPort: x")]
    [InlineData("EXPOSE 99999", "invalid containerPort: 99999")]
    [InlineData("USER", "USER requires exactly one argument")]
    [InlineData("HEALTHCHECK --interval=x CMD y", "time: invalid duration \"x\"")]
    public void Bad_instructions_get_dockers_words(string instruction, string error) =>
        Assert.Equal(
            error,
            Assert.Throws<InvalidParameterException>(() => ConfigChanges.Apply(new ContainerConfig(), [instruction])).Message
        );
}

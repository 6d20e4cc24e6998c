using Pier.Linux.Launch;

namespace Pier.UnitTests.Linux.Launch;

public class DisassemblerTests
{
    [Fact]
    public void The_text_of_a_program_is_the_golden_one()
    {
        using var text = new StringWriter();
        Disassembler.Write(SamplePrograms.Everything(), text);
        var path = Repository.Path("tests/golden/linux/everything.program");
        if (Environment.GetEnvironmentVariable("PIER_GOLDEN") == "write")
            File.WriteAllText(path, text.ToString());
        Assert.Equal(File.ReadAllText(path), text.ToString());
    }
}

using Pier.Contracts;

namespace Pier.UnitTests.Api.BuildKit;

public class GoModeTests
{
    [Theory]
    [InlineData(0x81A4u, 0x1A4u)]
    [InlineData(0x41EDu, 0x800001EDu)]
    [InlineData(0xA1FFu, 0x080001FFu)]
    [InlineData(0x89EDu, 0x008001EDu)]
    [InlineData(0x85EDu, 0x004001EDu)]
    [InlineData(0x43FFu, 0x801001FFu)]
    [InlineData(0x61B6u, 0x040001B6u)]
    [InlineData(0x21B6u, 0x042001B6u)]
    [InlineData(0x11B6u, 0x020001B6u)]
    [InlineData(0xC1B6u, 0x010001B6u)]
    public void Kernel_and_Go_modes_are_each_others_reverse(uint kernel, uint go)
    {
        Assert.Equal(go, GoMode.OfKernel(kernel));
        Assert.Equal(kernel, GoMode.ToKernel(go));
    }
}

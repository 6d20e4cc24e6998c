namespace Pier;

static class Program
{
    static int Main(string[] args)
    {
        Console.Error.WriteLine($"pier: no command {(args.Length > 0 ? args[0] : "")}");
        return 125;
    }
}

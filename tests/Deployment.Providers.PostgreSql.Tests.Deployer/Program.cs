namespace Deployment.Providers.PostgreSql.Tests.Deployer;

/// <summary>A host that does one thing, so that a test can kill it in the midst of it.</summary>
public static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        var shop = new Shop(arguments[1], arguments[2]);
        Console.WriteLine(arguments[0] switch
        {
            "deploy" => $"{(await shop.DeployAsync("1.0.0")).Outcome}",
            "resume" => string.Join(", ", (await shop.Compose().ResumeAllAsync()).Select(result => $"{result.Outcome} {result.Reason}".TrimEnd())),
            _ => $"{await shop.RehearseAsync(arguments[3])}",
        });
        return 0;
    }
}

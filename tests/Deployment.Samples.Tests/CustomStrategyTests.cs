using Deployment.Commands;

namespace Deployment.Samples.Tests;

[Category("Local")]
public sealed class CustomStrategyTests
{
    [Test]
    public async Task Run_Rings_BringsAGoodReleaseAndKeepsABadOneInTheFirstRing()
    {
        Command sample = Command.Of("dotnet", Path.Combine(Repository.CustomStrategy, "CustomStrategy.dll")) with { Timeout = TimeSpan.FromMinutes(2) };

        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(sample, null, CancellationToken.None);

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1.1.0: Succeeded").And.Contain("1.2.0: RolledBack: 'the ring is content' failed").And.NotContain("NOT AS IT SHOULD BE");
    }
}

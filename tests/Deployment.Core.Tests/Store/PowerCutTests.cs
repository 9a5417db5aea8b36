using Deployment.Testing.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class PowerCutTests
{
    private const int Seeds = 40;

    [Test]
    public async Task PowerCut_BeforeAnyOperation_LosesNothingAcknowledged()
    {
        List<string> losses = await LossesAsync(ignoresFlushes: false);

        losses.Should().BeEmpty();
    }

    [Test]
    public async Task PowerCut_FlushesIgnored_IsNoticed()
    {
        List<string> losses = await LossesAsync(ignoresFlushes: true);

        losses.Should().Contain(loss => loss.Contains("frames were appended"));
        losses.Should().Contain(loss => loss.Contains("the run is gone"));
        losses.Should().Contain(loss => loss.Contains("the saved record is gone"));
        losses.Should().Contain(loss => loss.Contains("claims are left"));
        losses.Should().Contain(loss => loss.Contains("the signals are"));
        losses.Should().Contain(loss => loss.Contains("the blob is gone"));
        losses.Should().Contain(loss => loss.Contains("was taken and"));
    }

    private static async Task<List<string>> LossesAsync(bool ignoresFlushes)
    {
        List<string> losses = [];
        for (int seed = 0; seed < Seeds; seed++)
        {
            bool finished = false;
            long cutAt = 0;
            while (!finished)
            {
                cutAt++;
                var disk = new LosingDisk(new Random(seed)) { IgnoresFlushes = ignoresFlushes };
                disk.CutPowerAt(cutAt);
                var scenario = new PowerCutScenario();
                await scenario.RunAsync(disk.OpenStore(TimeProvider.System), disk.OpenStore(TimeProvider.System));
                finished = disk.Operations < cutAt;
                disk.CutPower();
                disk.IgnoresFlushes = false;
                if (await scenario.FindLossAsync(disk.OpenStore(TimeProvider.System)) is { } loss)
                {
                    losses.Add($"seed {seed}, cut before operation {cutAt}: {loss}");
                }
            }

            cutAt.Should().BeGreaterThan(100, "the power is to be cut before each operation of the scenario and after the last");
        }

        return losses;
    }
}


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

        string[] kinds = ["frames were appended", "the run is gone", "the saved record is gone", "claims are left", "signals were posted", "the blob is gone", "was taken and"];
        kinds.Where(kind => !losses.Exists(loss => loss.Contains(kind))).Should().BeEmpty("every kind of loss is to be noticed");
    }

    [Test]
    public async Task Failure_OfAnyOperation_IsReportedAndLosesNothingAcknowledged([Values(5, 28, 30)] int error)
    {
        int reported = 0;
        bool finished = false;
        for (long failAt = 1; !finished; failAt++)
        {
            var disk = new LosingDisk(new Random(1));
            disk.FailAt(failAt, new IOException("the operating system's words", error));
            var scenario = new PowerCutScenario();
            await scenario.RunAsync(disk.OpenStore(TimeProvider.System), disk.OpenStore(TimeProvider.System));
            finished = disk.Operations < failAt;
            if (finished)
            {
                break;
            }

            scenario.Failure.Should().NotBeNull("operation {0} failed", failAt);
            scenario.Failure!.Message.Should().Contain("/store").And.Contain("the operating system's words");
            reported++;

            // Another process goes on right away, and one more after a power cut.
            (await scenario.FindLossesAsync(disk.OpenStore(TimeProvider.System))).Should().BeEmpty("operation {0} failed", failAt);
            disk.CutPower();
            (await scenario.FindLossesAsync(disk.OpenStore(TimeProvider.System))).Should().BeEmpty("operation {0} failed and the power was cut", failAt);
        }

        reported.Should().BeGreaterThan(100);
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
                var disk = new LosingDisk(new Random(seed));
                disk.CutPowerAt(cutAt);

                // Half of the time from the beginning, and half from when there is something durable that an older state can come back from.
                disk.IgnoresFlushes = ignoresFlushes && seed % 2 == 0;
                var scenario = new PowerCutScenario { Created = () => disk.IgnoresFlushes = ignoresFlushes };
                await scenario.RunAsync(disk.OpenStore(TimeProvider.System), disk.OpenStore(TimeProvider.System));
                finished = disk.Operations < cutAt;
                disk.CutPower();
                disk.IgnoresFlushes = false;
                losses.AddRange((await scenario.FindLossesAsync(disk.OpenStore(TimeProvider.System))).Select(loss => $"seed {seed}, cut before operation {cutAt}: {loss}"));
            }

            cutAt.Should().BeGreaterThan(100, "the power is to be cut before each operation of the scenario and after the last");
        }

        return losses;
    }
}

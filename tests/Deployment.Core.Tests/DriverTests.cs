using Deployment.Commands;
using Deployment.Store;
using Deployment.Tests.Commands;

namespace Deployment.Tests;

/// <summary>What can be told of the process that holds a lease, with real processes.</summary>
[Category("Local")]
public sealed class DriverTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task Of_ProcessOfThisMachine_TellsALivingOneFromADeadOne()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["100"] });
        LeaseState lease = HeldBy(ProcessText.Of(group.Identity)) with { BeatAt = Now.AddSeconds(-3.7) };

        Driver alive = Driver.Of(lease, Now)!;
        await group.EndAsync(TimeSpan.Zero, TimeProvider.System, CancellationToken.None).InTimeAsync();
        Driver dead = Driver.Of(lease, Now)!;

        string name = $"process {group.ProcessId} on {Environment.MachineName} (this machine)";
        alive.Life.Should().Be(DriverLife.Runs);
        alive.ToString().Should().Be($"{name}, which runs; last sign of life 3 s ago");
        dead.Life.Should().Be(DriverLife.Ended);
        dead.ToString().Should().Be($"{name}, which no longer runs; last sign of life 3 s ago");
    }

    [Test]
    public void Of_ProcessIdGivenAwaySince_HasEnded()
    {
        CommandProcess self = ProcessGroup.Self;

        Driver.Of(HeldBy(ProcessText.Of(self)), Now)!.Life.Should().Be(DriverLife.Runs);
        Driver.Of(HeldBy(ProcessText.Of(self with { StartTime = self.StartTime + 1 })), Now)!.Life.Should().Be(DriverLife.Ended);
    }

    [Test]
    public void Of_ProcessOfAnotherMachine_GivesItsClockAndClaimsNothing()
    {
        LeaseState lease = HeldBy("web-2/boot/4026531836:123:77") with { BeatAt = Now.AddSeconds(-3) };

        Driver driver = Driver.Of(lease, Now)!;

        driver.Life.Should().Be(DriverLife.Unknown);
        driver.ToString().Should().Be("process 123 on web-2; last sign of life 2030-01-01 11:59:57 UTC by its own clock; whether it still runs can't be seen from here");
    }

    [Test]
    public void Of_EarlierBootOfThisMachine_HasEnded()
    {
        string[] here = HostIdentity.Current.Split('/');

        Driver.Of(HeldBy($"{here[0]}/another-boot/{here[2]}:1:77"), Now)!.Life.Should().Be(DriverLife.Ended);
    }

    [TestCase("somebody")]
    [TestCase("a:b:c")]
    [TestCase("")]
    [TestCase("web-1:12")]
    public void Of_HolderOfAnotherForm_IsShownAsItIs(string holder)
    {
        Driver driver = Driver.Of(HeldBy(holder), Now)!;

        driver.Life.Should().Be(DriverLife.Unknown);
        driver.ToString().Should().Be($"{holder}; whether it still runs can't be seen from here");
    }

    [Test]
    public void Of_LeaseThatNobodyHolds_IsNull()
    {
        Driver.Of(null, Now).Should().BeNull();
        Driver.Of(HeldBy(ProcessText.Of(ProcessGroup.Self)) with { Released = true }, Now).Should().BeNull();
    }

    private static LeaseState HeldBy(string holder) => new(1, 1, holder, 0, Released: false);
}

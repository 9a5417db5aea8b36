using System.Runtime.Versioning;
using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>A process that sleeps while so much happens that what it is about to create was made and pruned by others.</summary>
[Category("Unit")]
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
public sealed class SleeperTests
{
    private const int Meanwhile = 24;
    private TemporaryFolder _folder = null!;
    private PausingFiles _layer = null!;
    private FileDeploymentStore _sleeper = null!;
    private FileDeploymentStore _awake = null!;

    [SetUp]
    public async Task Open()
    {
        _folder = new TemporaryFolder();
        _layer = new PausingFiles();
        _sleeper = new FileDeploymentStore(_folder.Path, _layer, TimeProvider.System);
        _awake = new FileDeploymentStore(_folder.Path);
        await _awake.CreateRunAsync(StoreSamples.Run(), default);
        await _awake.CreateRunAsync(StoreSamples.Run("run-2"), default);
        await _awake.TryClaimAsync("run-0", ["cache"], StoreSamples.Noon, default);
    }

    [TearDown]
    public void Delete()
    {
        _sleeper.Dispose();
        _awake.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task TryTake_OthersTookManyLeasesMeanwhile_TheEpochIsNoneOfTheirs()
    {
        for (int moment = 0; moment < 14; moment++)
        {
            List<long> others = [];
            _layer.PauseBefore(moment, () =>
            {
                for (int number = 0; number < Meanwhile; number++)
                {
                    others.Add(_awake.TakeAsync("run-2").GetAwaiter().GetResult().Epoch);
                }
            });
            LeaseState lease = await _sleeper.TakeAsync();

            others.Should().HaveCount(Meanwhile).And.NotContain(lease.Epoch);
            (await _awake.TakeAsync("run-2")).Epoch.Should().BeGreaterThan(Math.Max(lease.Epoch, others.Max()));
        }
    }

    [Test]
    public async Task TryClaim_OthersClaimedMeanwhile_NeverGetsWhatTheyHold()
    {
        int refused = 0;
        for (int moment = 0; moment < 20; moment++)
        {
            _layer.PauseBefore(moment, () => ClaimOften().GetAwaiter().GetResult());
            Claim? inTheWay = await _sleeper.TryClaimAsync("run-1", ["web"], StoreSamples.Noon, default);

            IReadOnlyList<Claim> claims = await _awake.ListClaimsAsync(default);
            claims.Should().ContainSingle(claim => claim.Target == "web").Which.RunId.Should().Be(inTheWay is null ? "run-1" : "run-2");
            claims.Should().Contain(claim => claim.Target == "cache" && claim.RunId == "run-0");
            refused += inTheWay is null ? 0 : 1;
            await _awake.ReleaseClaimsAsync("run-1", default);
            await _awake.ReleaseClaimsAsync("run-2", default);
        }

        refused.Should().BeInRange(5, 19);
    }

    private async Task ClaimOften()
    {
        for (int number = 0; number < Meanwhile; number++)
        {
            await _awake.ReleaseClaimsAsync("run-2", default);
            await _awake.TryClaimAsync("run-2", ["web"], StoreSamples.Noon, default);
        }
    }
}

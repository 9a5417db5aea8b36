using System.Text;
using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>What another process made but could not flush: who relies on it must find it after a power cut.</summary>
[Category("Unit")]
public sealed class UnflushedReadTests
{
    private const int Seeds = 30;

    [Test]
    public Task ReadSignals_PosterCouldNotFlush_WhatWasReadStays() => StaysAsync(
        store => store.PostSignalAsync(StoreSamples.RunId, Signal.Abort("ann"), default),
        async store => (await store.ReadSignalsAsync(StoreSamples.RunId, 0, default)).Count == 1);

    [Test]
    public Task TryClaim_EarlierCallCouldNotFlush_WhatWasConfirmedStays() => StaysAsync(
        store => store.TryClaimAsync(StoreSamples.RunId, ["web"], StoreSamples.Noon, default),
        async store => (await store.ListClaimsAsync(default)).Count == 1,
        store => store.TryClaimAsync(StoreSamples.RunId, ["web"], StoreSamples.Noon, default));

    [Test]
    public Task PutBlob_EarlierCallCouldNotFlush_WhatWasConfirmedStays() => StaysAsync(
        store => store.PutBlobAsync(Encoding.UTF8.GetBytes("samples"), default),
        async store => await store.GetBlobAsync(Name, default) is not null,
        store => store.PutBlobAsync(Encoding.UTF8.GetBytes("samples"), default));

    private static string Name => Json.CanonicalJson.Hash(Encoding.UTF8.GetBytes("samples"));

    // Lets each operation of the change fail; if a second call then sees the change, a power cut must leave it.
    private static async Task StaysAsync(Func<IDeploymentStore, Task> change, Func<IDeploymentStore, Task<bool>> isThere, Func<IDeploymentStore, Task>? confirm = null)
    {
        int seen = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            for (int failAt = 1; failAt <= 12; failAt++)
            {
                var disk = new LosingDisk(new Random(seed));
                IDeploymentStore store = disk.OpenStore(TimeProvider.System);
                await store.CreateRunAsync(StoreSamples.Run(), default);
                disk.FailAt(disk.Operations + failAt, new IOException("Input/output error", 5));
                if (!await FailsAsync(() => change(store)))
                {
                    continue;
                }

                IDeploymentStore other = disk.OpenStore(TimeProvider.System);
                await (confirm?.Invoke(other) ?? Task.CompletedTask);
                if (await isThere(other))
                {
                    seen++;
                    disk.CutPower();
                    (await isThere(disk.OpenStore(TimeProvider.System))).Should().BeTrue("seed {0}, operation {1} failed", seed, failAt);
                }
            }
        }

        seen.Should().BeGreaterThan(Seeds / 2);
    }

    private static async Task<bool> FailsAsync(Func<Task> call)
    {
        try
        {
            await call();
            return false;
        }
        catch (DeploymentException)
        {
            return true;
        }
    }
}

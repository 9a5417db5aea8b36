using System.Globalization;
using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>Store objects on one real folder, as processes would have them, each race from several threads at once.</summary>
[Category("Unit")]
public sealed class StoreRaceTests
{
    private const int Races = 200;
    private TemporaryFolder _folder = null!;
    private FileDeploymentStore[] _stores = null!;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _stores = [.. Enumerable.Range(0, 3).Select(_ => new FileDeploymentStore(_folder.Path))];
    }

    [TearDown]
    public void Delete()
    {
        Array.ForEach(_stores, store => store.Dispose());
        _folder.Dispose();
    }

    [Test]
    public async Task TryTake_RacesForOneLease_OneWinsEach()
    {
        await _stores[0].CreateRunAsync(StoreSamples.Run(), default);
        LeaseState? seen = null;
        for (int race = 0; race < Races; race++)
        {
            LeaseState?[] taken = await RaceAsync(store => store.TryTakeLeaseAsync(StoreSamples.RunId, seen, "racer", default));

            taken.Where(lease => lease is not null).Should().ContainSingle().Which!.Turn.Should().Be(race + 1);
            LeaseState winner = taken.Single(lease => lease is not null)!;
            winner.Epoch.Should().BeGreaterThan(seen?.Epoch ?? 0);
            seen = winner;
        }
    }

    [Test]
    public async Task TryTake_RacesOfManyRuns_GiveEachEpochOnce()
    {
        string[] runs = ["run-a", "run-b", "run-c"];
        foreach (string run in runs)
        {
            await _stores[0].CreateRunAsync(StoreSamples.Run(run), default);
        }

        List<long> epochs = [];
        for (int race = 0; race < Races / 4; race++)
        {
            LeaseState[] taken = await Task.WhenAll(_stores.Zip(runs, (store, run) => Task.Run(() => store.TakeAsync(run))));
            taken.Should().OnlyContain(lease => lease.Epoch > epochs.DefaultIfEmpty().Max());
            epochs.AddRange(taken.Select(lease => lease.Epoch));
        }

        epochs.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task TryClaim_RacesForOneTarget_OneWinsEach()
    {
        for (int race = 0; race < Races; race++)
        {
            Claim?[] inTheWay = await RaceAsync(store => store.TryClaimAsync(Name(store), [Name(store), "web", "db"], StoreSamples.Noon, default));

            inTheWay.Where(claim => claim is null).Should().ContainSingle();
            IReadOnlyList<Claim> claims = await _stores[0].ListClaimsAsync(default);
            string winner = claims.Select(claim => claim.RunId).Distinct().Should().ContainSingle().Subject;
            claims.Select(claim => claim.Target).Should().BeEquivalentTo(winner, "web", "db");
            inTheWay.Where(claim => claim is not null).Should().OnlyContain(claim => claim!.RunId == winner);
            await _stores[0].ReleaseClaimsAsync(winner, default);
        }
    }

    [Test]
    public async Task Claims_OfOtherTargetsAtOnce_AreAllKept()
    {
        for (int race = 0; race < Races / 4; race++)
        {
            await RaceAsync(store => store.TryClaimAsync(Name(store), [Name(store)], StoreSamples.Noon, default));

            (await _stores[0].ListClaimsAsync(default)).Should().HaveCount(3);
            await RaceAsync(async store =>
            {
                await store.ReleaseClaimsAsync(Name(store), default);
                return true;
            });
            (await _stores[0].ListClaimsAsync(default)).Should().BeEmpty();
        }
    }

    [Test]
    public async Task PostSignal_ManyAtOnce_EachHasItsOwnNumber()
    {
        await _stores[0].CreateRunAsync(StoreSamples.Run(), default);
        List<long> numbers = [];
        for (int race = 0; race < Races / 4; race++)
        {
            numbers.AddRange(await RaceAsync(store => store.PostSignalAsync(StoreSamples.RunId, Signal.Pause(Name(store)), default)));
        }

        numbers.Order().Should().Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number));
        (await _stores[0].ReadSignalsAsync(StoreSamples.RunId, 0, default)).Should().HaveCount(numbers.Count);
    }

    [Test]
    public async Task CreateRun_Races_OneWinsEach()
    {
        for (int race = 0; race < Races / 4; race++)
        {
            string id = "run-" + race.ToString(CultureInfo.InvariantCulture);
            bool[] created = await RaceAsync(async store =>
            {
                try
                {
                    await store.CreateRunAsync(StoreSamples.Run(id) with { Reason = Name(store) }, default);
                    return true;
                }
                catch (DeploymentException)
                {
                    return false;
                }
            });

            created.Should().ContainSingle(won => won);
            RunRecord? run = await _stores[0].FindRunAsync(id, default);
            run!.Reason.Should().Be(Name(_stores[Array.IndexOf(created, true)]));
        }
    }

    private string Name(FileDeploymentStore store) => "run-" + Array.IndexOf(_stores, store).ToString(CultureInfo.InvariantCulture);

    private async Task<T[]> RaceAsync<T>(Func<FileDeploymentStore, Task<T>> race)
    {
        using var line = new Barrier(_stores.Length);
        return await Task.WhenAll(_stores.Select(store => Task.Factory.StartNew(
            () =>
            {
                line.SignalAndWait(TimeSpan.FromSeconds(30)).Should().BeTrue();
                return race(store);
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    }
}

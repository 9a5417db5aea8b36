using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>The suite itself: it catches stores that break one promise each, and by the cases of that promise.</summary>
[Category("Unit")]
public sealed class StoreConformanceSuiteTests
{
    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Of(store => new SwallowsFrames(store), "Append_WrongHead_IsRefusedAndNotWritten", "Append_SameFrameTwice_IsRefused");
        yield return Of(store => new IgnoresEpochs(store), "Append_UnknownEpoch_IsRefused", "Append_AfterTakeover_IsRefusedAndNeverShows");
        yield return Of(store => new IgnoresTokens(store), "Append_TokenCancelled_IsNotWritten");
        yield return Of(store => new LosesTheLastFrame(store), "Journal_Appended_IsKeptByteForByte", "Append_ByTheNextOwner_GoesOn");
        yield return Of(store => new TakesAnyLease(store), "Lease_TwoTakersSawTheSame_OneWins", "Lease_ReleasedMeanwhile_RefusesATaker");
        yield return Of(store => new IgnoresBeats(store), "Lease_BeatAgain_RefusesATaker");
        yield return Of(store => new CountsEpochsByRun(store), "Epoch_OverAllRuns_Grows");
        yield return Of(store => new RenewsAlways(store), "Lease_Lost_IsNotRenewed", "Lease_Released_ShowsAndIsNotRenewed");
        yield return Of(store => new ClaimsSome(store), "Claims_OneInTheWay_TakesNone");
        yield return Of(store => new ClaimsOnce(store), "Claims_OfTheSameRun_AreNoObstacle");
        yield return Of(store => new ReleasesAllClaims(store), "Claims_ReleasedOfOneRun_LeaveTheOthers");
        yield return Of(store => new LeavesGaps(store), "Signals_Posted_AreNumberedWithoutGaps");
        yield return Of(store => new ReadsSignalsAgain(store), "Signals_ReadAfterANumber_AreTheLaterOnes");
        yield return Of(store => new ListsNewestFirst(store), "Runs_Listed_AreOldestFirst");
        yield return Of(store => new CreatesOver(store), "Run_CreatedTwice_IsRefusedAndUnchanged");
        yield return Of(store => new InventsBlobs(store), "Blob_Unknown_IsNull");
    }

    [TestCaseSource(nameof(Wrong))]
    public async Task Suite_StoreBreaksAPromise_CatchesIt(Func<IDeploymentStore, IDeploymentStore> wrong, string[] caught)
    {
        var suite = new DeploymentStoreConformance(() => wrong(new InMemoryDeploymentStore()));
        List<string> failed = [];
        foreach (StoreConformanceCase conformance in suite.Cases)
        {
            try
            {
                await conformance.RunAsync(default);
            }
            catch (StoreConformanceException exception)
            {
                exception.Message.Should().StartWith(conformance.Name);
                failed.Add(conformance.Name);
            }
            catch (DeploymentException)
            {
                // A wrong store may also refuse what a case needs on its way.
            }
        }

        failed.Should().Contain(caught);
    }

    [Test]
    public void Cases_Names_AreUnique() =>
        new DeploymentStoreConformance(() => new InMemoryDeploymentStore()).Cases.Should().OnlyHaveUniqueItems(conformance => conformance.Name);

    private static TestCaseData Of<T>(Func<IDeploymentStore, T> wrong, params string[] caught)
        where T : IDeploymentStore =>
        new TestCaseData((Func<IDeploymentStore, IDeploymentStore>)(store => wrong(store)), caught).SetArgDisplayNames(typeof(T).Name);
}

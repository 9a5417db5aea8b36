using Deployment.Sql.Tests.Lint.Support;

namespace Deployment.Providers.PostgreSql.Tests.Lint;

/// <summary>The scripts by which the lint is held are no fiction: PostgreSQL runs them, and refuses what the corpus says that it refuses.</summary>
[Category("PostgreSql")]
public sealed class CorpusTests
{
    [Test]
    public async Task Run_Corpus_PostgreSqlTakesItAndRefusesWhatIsMarked()
    {
        string address = await RealPostgreSql.CreateDatabaseAsync();
        using var server = new CorpusServer();

        IReadOnlyDictionary<string, IReadOnlyList<string>> refused = await server.RunAsync(address, CorpusCase.All);

        TestContext.Out.WriteLine($"{refused.Count} cases ran, {refused.Values.Count(states => states.Count == 0)} of them whole; {refused.Values.Sum(states => states.Count)} statements were refused.");
        refused.Should().HaveCount(CorpusCase.All.Count);
        CorpusCase.All.Where(tested => !refused[tested.Title].SequenceEqual(tested.Refused)).Select(tested => $"{tested}: refused with {string.Join(' ', refused[tested.Title])}, where [{string.Join(' ', tested.Refused)}] was expected")
            .Should().BeEmpty();
    }
}

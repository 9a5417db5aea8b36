using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Deployment.Targets;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>What no transaction can hold.</summary>
[Category("PostgreSql")]
public sealed class AloneTests
{
    private Database _database = null!;
    private EfMigrator<BrokenContext> _migrator = null!;
    private Migration _index = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        await _database.RunAsync("CREATE TABLE people (name text NOT NULL); INSERT INTO people VALUES ('a')");
        _migrator = Database.Migrator(() => new BrokenContext(_database.Address));
        _index = await Database.FindAsync(_migrator, BrokenContext.Index);
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_IndexConcurrently_IsMadeAndRecorded()
    {
        await _migrator.ApplyAsync(_index, _database.Context, CancellationToken.None);

        (await _database.AskAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'people_name'::regclass")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().Equal(BrokenContext.Index);
        _index.RunsInTransaction.Should().BeFalse();
        _index.Notes.Should().ContainSingle().Which.Should().StartWith("A part of it runs outside a transaction");

        await _migrator.UndoAsync(_index, _database.Context, CancellationToken.None);
        (await _database.AskAsync<bool>("SELECT to_regclass('people_name') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    /// <summary>A half-made index is left, and no record tells so: a person decides.</summary>
    [Test]
    public async Task Apply_IndexConcurrentlyFails_CannotBeToldAndIsNotUndone()
    {
        await _database.RunAsync("INSERT INTO people VALUES ('a')");

        await _migrator.Awaiting(one => one.ApplyAsync(_index, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"{BrokenContext.Index}, command 1 of 1: *could not create unique index*");

        (await _database.AskAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'people_name'::regclass")).Should().BeFalse();
        (await _migrator.ProbeAsync(_index, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.Unknown);
        await _migrator.Awaiting(one => one.UndoAsync(_index, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"{BrokenContext.Index} is not in the history of shop*nobody knows what of it was done*");
    }
}

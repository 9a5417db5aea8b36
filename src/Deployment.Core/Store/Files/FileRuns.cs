using Deployment.Releases;

namespace Deployment.Store.Files;

/// <summary>The records of runs, each in the run's folder.</summary>
internal sealed class FileRuns(StoreFiles files, StorePaths paths)
{
    internal void Create(RunRecord run)
    {
        string record = paths.Record(run.Id);
        if (files.Exists(record))
        {
            throw Exists(run.Id);
        }

        // The record comes last: who sees it can rely on the folders.
        files.EnsureFolder(paths.Run(run.Id));
        files.EnsureFolder(paths.Signals(run.Id));
        if (!files.TryCreate(record, Content(run)))
        {
            throw Exists(run.Id);
        }
    }

    internal void Save(RunRecord run)
    {
        MustExist(run.Id);
        files.Replace(paths.Record(run.Id), Content(run));
    }

    internal RunRecord? Find(string runId)
    {
        string path = paths.Record(runId);
        if (files.Read(path) is not { } content)
        {
            return null;
        }

        RunRecord run = StoreJson.Read(content, StoreJson.Default.RunRecord, path);
        return run.Id == runId ? run : throw StoreJson.Damaged(path, $"it belongs to run '{Naming.Printable(run.Id)}'", null);
    }

    internal IReadOnlyList<RunRecord> List()
    {
        List<RunRecord> runs = [];
        foreach (string name in files.List(paths.Runs))
        {
            // A folder without a record is a run that was never fully created.
            if (Naming.Problem("run", name) is null && Find(name) is { } run)
            {
                runs.Add(run);
            }
        }

        return [.. runs.OrderBy(run => run.CreatedAt).ThenBy(run => run.Id, StringComparer.Ordinal)];
    }

    internal void MustExist(string runId)
    {
        if (!files.Exists(paths.Record(runId)))
        {
            throw new DeploymentException($"There is no run '{runId}' in the deployment store in {files.Root}. List the runs for their ids, or open the store that it was made in.");
        }
    }

    private static byte[] Content(RunRecord run) => StoreJson.Write(run, StoreJson.Default.RunRecord);

    private DeploymentException Exists(string runId) =>
        new($"There is a run '{runId}' in the deployment store in {files.Root} already. Resume it, or give the new one another id.");
}

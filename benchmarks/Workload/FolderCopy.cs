namespace Deployment.Benchmarks.Workload;

/// <summary>Copies a folder with all that is in it.</summary>
internal static class FolderCopy
{
    internal static void Make(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            File.Copy(file, copy);

            // Else the first flush of what is measured would write the copy, too.
            using FileStream stream = new(copy, FileMode.Open, FileAccess.Write);
            stream.Flush(flushToDisk: true);
        }
    }
}

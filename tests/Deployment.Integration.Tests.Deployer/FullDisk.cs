namespace Deployment.Integration.Tests.Deployer;

/// <summary>Fills the disk that a folder is on, to the last byte.</summary>
public static class FullDisk
{
    private const string Name = "filler";

    public static void Fill(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, Name), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (int size = 4096; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full for this size; smaller pieces may still fit.
            }
        }
    }

    public static void Free(string folder) => File.Delete(Path.Combine(folder, Name));
}

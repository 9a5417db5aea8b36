[assembly: NonParallelizable]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.util.Base64;

/** Pictures of 64x48 in two slices, with their parameter sets: ffmpeg's testsrc2 by libx264, profile high, -crf 30, without SEI. */
final class SmallKeyframes {
    static final byte[] CAVLC = Base64.getDecoder()
            .decode(
                    "AAAAAWdkAAqs2UR7ARAAAAMAEAAAAwMg8SJZYAAAAAFoy+ESyLAAAAFliIQALcMYBSzYAPrKagTf33CYmZi/n3FV64Wd0HljOodlkx2Hqik0Tv"
                            + "HZZdIqsIJCOGKAoBNnEQ4I2CldERWRJATFlYrpB6VyqMGyIRMRHcN2j8O+NHfs/9TZU/9u9RY7r9vWJNkA9wKEjYXj2RcsvsOYjanvHASb/nH7"
                            + "zhZ3oAxgBGa/HA7mBL3PuI3e+4i3F7n3HzHYendB6Jzx2WRnKHZZMdh5E+ic8dlllygMAaDAPBu4KVOhK5xPkUNFRgaK3HvwSmQszqZKIrK+t/"
                            + "iIjxJwmaZbBKzHKPoSbWc0tB2pnzeyZquHN5DGVfbwHjhEbFk1bTjAW+zRvnA/pCshkuZSqfjHx2Nb4fFtsw3CgAPhD7BYf5xoBiEO1iE1iFJP"
                            + "uKT7m78FZcvw+oGGf8tz1tzFqrYABpgwAA9HX5rluK93Cg1lv7/kQAgv/KJXPKJXOAAAAWUSIhAAt78fw46IB/LVYVss4HMAwkwCBC9Foy8Amq"
                            + "TQLdLMJYqAywQRi/wD+N+G/L+cCphEYpiiqhhKW6GY2tMEMhIdzsP/8NRR1Wqg6sA4ABvAACAMFh8rOWNuoy+CTvqPBsWH/+N1jTHq3fAqwgEI"
                            + "cGumW3XQwKL9JuyCSUsgJxLn");

    static final byte[] CABAC = Base64.getDecoder()
            .decode(
                    "AAAAAWdkAAqs2UR7ARAAAAMAEAAAAwMg8SJZYAAAAAFo6+ESyLAAAAFliIQALf/TrNfi7XTVNaGaacIuMYf4MQ4TKy+6J/lV1dBSIbH+J3YK/Z"
                            + "J//4S/waGBLvgW5vcryLv1Wn3mMYu+KcLN/FMfYKfmXn/v/XmcFvgaM4YUjBl9sV18qtAqQ4yRy/vjZVoK2hzvQ6SkWiDu8/kUw1MAX+tWTwNr"
                            + "OVc20RhAsPIR9hi7MgFMUj80rPzind/zhRq+FddVfX/naIqnx4kUMytAPCkWAUXXT4hs3DtwP3Kk1bLpjcE8Qoo2tTNqn0SnmlL4LvToUbOP9P"
                            + "InEl3/8mpwLbUETyYJi+/3CJvqM2lWAOm1P1Q5rxpRUUywJML9K0uUQhv+gNku1bRetW87vTHb1R1NPu6ftcjdhaUBaa/W+3/wFg3rSQ8X1+l6"
                            + "tGq05SuNTrbU9AgwuWOiaWG/ZFfBlAtnJxVWwc00+Q5MB4cECbx36sQHvtPfhTn6jC/GgQAAAWUSIhAAt9G2or/rriMq17yBgBUy1WGCVUbH0S"
                            + "LF+tT9V/e2/Ysbef/FAhbQkSP1isxvGKuxhNMla47JGMqBhvExEV5qvrZxWRUK4VmTrs/TizP87whZQL3rLc4VmPG72uk32JyWHgxapyhePqYu"
                            + "bPVdQ+xV10qpsyHWPnoGvdIjEdqh5qn/gQ==");

    private SmallKeyframes() {}
}
